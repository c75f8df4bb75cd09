import * as path from 'node:path';
import { Token } from 'aws-cdk-lib';
import { TAKEN_FOLDERS } from './extension-code';
import type { ExtensionLayerProps } from './extension-layer';
import { portsOf, type ExtensionPart } from './extension-part';
import type { Fault } from '../../common/fault';
import { RESERVED_VARIABLES, VARIABLE_NAME } from '../../target/reserved-variables';

export function noProgramFaults({ extensions = [], execWrapper }: ExtensionLayerProps): Fault[] {
  return extensions.length > 0 || execWrapper !== undefined ? [] : [{
    what: 'the layer has no extension',
    got: 'extensions: []',
    allowed: 'at least one extension, or an `execWrapper`',
    fix: 'add ExtensionCode.script(…), .binary(…), .goModule(…) or .rustCrate(…)',
  }];
}

/** A file in the place of the folder keeps the folders of other layers from the function: its extensions, say, would not start. */
export function wrapperFaults(execWrapper: string | undefined): Fault[] {
  const name = path.basename(execWrapper ?? '');
  return !TAKEN_FOLDERS.includes(name) ? [] : [{
    what: 'the exec wrapper would lie where Lambda has a folder',
    got: `/opt/${name}`, allowed: `none of ${TAKEN_FOLDERS.join(', ')}`, fix: 'rename the script',
  }];
}

export function sameNameFaults(parts: readonly ExtensionPart[]): Fault[] {
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

export function samePortFaults(parts: readonly ExtensionPart[]): Fault[] {
  const listening = portsOf(parts);
  // One that is there twice is told as that.
  return listening.flatMap(({ extension, port }, place) => {
    const before = listening.slice(0, place).find((one) => one.port === port && one.extension !== extension);
    return before === undefined ? [] : [{
      what: 'two extensions of the layer listen on one port', got: `${before.extension} and ${extension}: ${port}`, allowed: 'a port for each',
      fix: 'leave `port` out, or give one of them another',
    }];
  });
}

export function variableFaults(name: string, isTaken: boolean): Fault[] {
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
