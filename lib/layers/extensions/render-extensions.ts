import * as path from 'node:path';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { clientContents } from './clients';
import { noProgramFaults, sameNameFaults, samePortFaults, variableFaults, wrapperFaults } from './extension-faults';
import type { ExtensionLayerProps } from './extension-layer';
import { portsOf, type ExtensionPart } from './extension-part';
import { readyMadeSources } from './ready-made';
import type { LayerSummary } from '../../cache/layer-record';
import { collectFaults, failOn, type Fault } from '../../common/fault';
import type { ContentSpec } from '../../content/content-spec';
import { layerProgramFindings } from '../../rules/extension-program';
import { EXEC_WRAPPER } from '../../target/exec-wrapper';
import { enforced } from '../../validation/enforced';
import type { LayerRegistration } from '../../validation/registration';
import { withPlace } from '../with-place';

/** The extensions of a layer, ready to be built, and what their functions need. */
export interface RenderedExtensions {
  readonly programs: readonly ContentSpec[];
  readonly environment: Readonly<Record<string, string>>;
  /** What the rules are told. */
  readonly facts: Pick<LayerRegistration, 'ports' | 'watch'>;
  readonly grant?: (grantee: IGrantable) => void;
  readonly checkContent: (summary: LayerSummary) => Fault[];
}

/** What a layer's props say, or all that is wrong with them. */
export function renderExtensions(scope: Construct, id: string, props: ExtensionLayerProps): RenderedExtensions {
  const place = [scope.node.path, id].filter((part) => part !== '').join('/');
  return withPlace(place, () => {
    const { extensions = [], execWrapper } = props;
    const faults: Fault[] = [];
    const parts = extensions.map((extension) => collectFaults(faults, () => extension._render())).filter((part) => part !== undefined);
    faults.push(...noProgramFaults(props), ...wrapperFaults(execWrapper), ...sameNameFaults(parts), ...samePortFaults(parts));
    const environment: Record<string, string> = {};
    const variables = [
      // Of two with one name, that is the fault.
      ...parts.filter((one, number) => parts.findIndex(({ name }) => name === one.name) === number).map((part) => part.environment?.(scope) ?? {}),
      execWrapper === undefined ? {} : { [EXEC_WRAPPER]: `/opt/${path.basename(execWrapper)}` },
      props.environment ?? {},
    ];
    for (const [name, value] of variables.flatMap((some) => Object.entries(some))) {
      faults.push(...variableFaults(name, Object.hasOwn(environment, name)));
      environment[name] = value;
    }
    failOn(faults);
    const grants = parts.map((part) => part.grant).filter((grant) => grant !== undefined);
    return {
      programs: programSpecs(scope, parts, execWrapper),
      environment,
      facts: { ports: portsOf(parts), watch: parts.find((part) => part.watch !== undefined)?.watch },
      grant: grants.length === 0 ? undefined : (grantee) => grants.forEach((grant) => grant(grantee)),
      checkContent: (summary) => programFaults(scope, place, props, parts, summary),
    };
  });
}

function programSpecs(scope: Construct, parts: readonly ExtensionPart[], execWrapper: string | undefined): ContentSpec[] {
  const readyMade = readyMadeSources(scope, parts.filter((part) => part.source === undefined).map((part) => part.name));
  return [
    ...parts.flatMap((part): ContentSpec[] => [
      { kind: 'program', path: programPath(part), source: part.source ?? readyMade.get(part.name)! },
      ...part.contents,
    ]),
    ...portsOf(parts).length > 0 ? clientContents() : [],
    ...execWrapper === undefined ? [] : [{
      kind: 'program' as const, path: path.basename(execWrapper), source: { type: 'script' as const, file: path.resolve(execWrapper) },
    }],
  ];
}

function programPath({ name }: ExtensionPart): string {
  return `extensions/${name}`;
}

/** What the rules about programs would find, told where the layer is made. */
function programFaults(
  scope: Construct, place: string, { execWrapper }: ExtensionLayerProps, parts: readonly ExtensionPart[], summary: LayerSummary,
): Fault[] {
  const declaredPrograms = [...parts.map(programPath), ...execWrapper === undefined ? [] : [path.basename(execWrapper)]];
  const findings = layerProgramFindings({ name: place, isOurs: true, declaredPrograms }, summary.programs, place);
  return [...findings].flatMap(([rule, found]) => enforced(scope, rule, found));
}
