import { authNotWired } from './auth-not-wired';
import { duplicateLayer } from './duplicate-layer';
import { environmentSize } from './environment-size';
import { execWrapper } from './exec-wrapper';
import { extensionCount } from './extension-count';
import { extensionFunction } from './extension-function';
import { extensionInterpreter } from './extension-interpreter';
import { extensionName } from './extension-name';
import { extensionNotWired } from './extension-not-wired';
import { extensionPort } from './extension-port';
import { PROGRAM_RULES } from './extension-program';
import { fileCollision } from './file-collision';
import { functionSize } from './function-size';
import { imageFunction } from './image-function';
import { layerArchitecture } from './layer-architecture';
import { layerArn } from './layer-arn';
import { layerCount } from './layer-count';
import { layerFields } from './layer-fields';
import { layerNameClash } from './layer-name-clash';
import { layerPath } from './layer-path';
import { layerRegion } from './layer-region';
import { layerRuntime } from './layer-runtime';
import { layerSize } from './layer-size';
import { nativeArchitecture } from './native-architecture';
import { nativeGlibc } from './native-glibc';
import { partialSdk } from './partial-sdk';
import { publicLayer } from './public-layer';
import { reservedVariable } from './reserved-variable';
import type { Rule } from './rule';
import { runtimeDeprecated } from './runtime-deprecated';
import { securityWatch } from './security-watch';
import { sourceBuild } from './source-build';
import { stubBuild } from './stub-build';

/** What tokens find while they are resolved: a layer that cannot be handed to where it is used. It is no choice, and always an error. */
export const LAYER_REFERENCE = 'LayerReference';

/** In the order in which findings are told. docs/rules.md has a section for each. */
export const ALL_RULES: readonly Rule[] = [
  layerFields, layerSize, layerNameClash, stubBuild,
  layerCount, functionSize, duplicateLayer, layerArn, layerRegion, { id: LAYER_REFERENCE }, imageFunction,
  layerRuntime, layerArchitecture, nativeArchitecture, layerPath, nativeGlibc,
  fileCollision, partialSdk, authNotWired,
  ...PROGRAM_RULES, extensionInterpreter, extensionName, extensionCount, extensionPort, extensionFunction, extensionNotWired, securityWatch,
  execWrapper, reservedVariable, environmentSize, runtimeDeprecated, sourceBuild, publicLayer,
];

export const RULE_IDS: readonly string[] = ALL_RULES.map((rule) => rule.id);

/** Those that can be acknowledged, and whose severity can be set. */
export const CHOSEN_RULE_IDS: readonly string[] = RULE_IDS.filter((id) => id !== LAYER_REFERENCE);
