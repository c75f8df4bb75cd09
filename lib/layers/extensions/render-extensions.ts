import * as path from 'node:path';
import { Token } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { clientContents } from './clients';
import { TAKEN_FOLDERS } from './extension-code';
import type { ExtensionLayerProps } from './extension-layer';
import type { ExtensionPart } from './extension-part';
import { readyMadeSources } from './ready-made';
import type { LayerSummary } from '../../cache/layer-record';
import { collectFaults, failOn, type Fault } from '../../common/fault';
import type { ContentSpec } from '../../content/content-spec';
import { layerProgramFindings } from '../../rules/extension-program';
import { EXEC_WRAPPER } from '../../target/exec-wrapper';
import { RESERVED_VARIABLES, VARIABLE_NAME } from '../../target/reserved-variables';
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
      facts: { ports: ports(parts), watch: parts.find((part) => part.watch !== undefined)?.watch },
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
    ...ports(parts).length > 0 ? clientContents() : [],
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

function noProgramFaults({ extensions = [], execWrapper }: ExtensionLayerProps): Fault[] {
  return extensions.length > 0 || execWrapper !== undefined ? [] : [{
    what: 'the layer has no extension',
    got: 'extensions: []',
    allowed: 'at least one extension, or an `execWrapper`',
    fix: 'add ExtensionCode.script(…), .binary(…), .goModule(…) or .rustCrate(…)',
  }];
}

/** A file in the place of the folder keeps the folders of other layers from the function: its extensions, say, would not start. */
function wrapperFaults(execWrapper: string | undefined): Fault[] {
  const name = path.basename(execWrapper ?? '');
  return !TAKEN_FOLDERS.includes(name) ? [] : [{
    what: 'the exec wrapper would lie where Lambda has a folder',
    got: `/opt/${name}`, allowed: `none of ${TAKEN_FOLDERS.join(', ')}`, fix: 'rename the script',
  }];
}

function sameNameFaults(parts: readonly ExtensionPart[]): Fault[] {
  const names = parts.map((part) => part.name);
  const areReadyMade = (name: string): boolean => parts.every((part) => part.name !== name || part.source === undefined);
  return [...new Set(names.filter((name, place) => names.indexOf(name) !== place))].map((name) => areReadyMade(name) ? {
    what: 'the layer has a ready-made extension twice',
    got: name,
    allowed: 'one of each kind, in all layers of a function',
    fix: 'name all that it shall do in one `ExtensionCode`',
  } : {
    what: 'two extensions of the layer have one name',
    got: name,
    allowed: 'a name for each: it is that of the file, and what the extension registers by',
    fix: 'give one of them another `name`',
  });
}

function ports(parts: readonly ExtensionPart[]): { extension: string; port: number }[] {
  return parts.flatMap(({ name, port }) => port === undefined ? [] : [{ extension: name, port }]);
}

function samePortFaults(parts: readonly ExtensionPart[]): Fault[] {
  const listening = ports(parts);
  // One that is there twice is told as that.
  return listening.flatMap(({ extension, port }, place) => {
    const before = listening.slice(0, place).find((one) => one.port === port && one.extension !== extension);
    return before === undefined ? [] : [{
      what: 'two extensions of the layer listen on one port', got: `${before.extension} and ${extension}: ${port}`, allowed: 'a port for each',
      fix: 'leave `port` out, or give one of them another',
    }];
  });
}

function variableFaults(name: string, isTaken: boolean): Fault[] {
  const isReserved = RESERVED_VARIABLES.includes(name);
  return [
    ...isReserved || Token.isUnresolved(name) || VARIABLE_NAME.test(name) ? [] : [{
      what: 'this is no name for an environment variable of a function', got: JSON.stringify(name),
      allowed: 'a letter, then letters, digits and `_`: two characters at least', fix: 'rename the variable',
    }],
    ...isReserved ? [{
      what: 'Lambda sets this environment variable itself, and refuses it in a function\'s settings',
      got: name, allowed: 'other names', fix: 'rename the variable', rule: 'ReservedVariable',
    }] : [],
    ...isTaken ? [{
      what: 'the layer sets one environment variable twice',
      got: name, allowed: 'one value', fix: `take ${name} out of \`environment\`, or put one of the extensions into another layer`,
    }] : [],
  ];
}
