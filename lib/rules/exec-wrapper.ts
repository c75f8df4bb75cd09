import type { FunctionFacts, LayerFacts } from './facts';
import { areKnown, canExecute, hasFile, isInLayers } from './layer-files';
import { severityFor, type Finding, type Rule } from './rule';
import { EXEC_WRAPPER } from '../target/exec-wrapper';

/** A function starts its runtime through the one wrapper that its environment names, which must be there. */
export const execWrapper: Rule = {
  id: 'ExecWrapper',
  checkFunction: (fn) => {
    const environment = fn.isImage ? undefined : fn.environment();
    const value = environment?.has(EXEC_WRAPPER) === false ? '' : fn.literals().get(EXEC_WRAPPER);
    return environment === undefined || value === undefined ? []
      : [osOnlyFindings, unusedFindings, missingFindings].map((check) => check(fn, value)).find((findings) => findings.length > 0) ?? [];
  },
};

/** What an OS-only runtime is started by is its own `bootstrap`, which need not know of wrappers. */
function osOnlyFindings(fn: FunctionFacts, value: string): Finding[] {
  const bringing = isOsOnly(fn) ? bringingLayers(fn).filter(({ isOurs }) => isOurs) : [];
  return !isOsOnly(fn) || (value === '' && bringing.length === 0) ? [] : [{
    severity: bringing.length > 0 ? 'error' : 'warning',
    place: fn.place,
    about: bringing,
    fault: {
      what: 'an OS-only runtime knows no exec wrapper',
      got: [`the function is ${fn.runtime}`, ...named(value), ...bringing.map(brings)].join('\n'),
      allowed: 'wrappers on managed runtimes of Python, Node.js, Java, Ruby and .NET',
      fix: 'let the function\'s own `bootstrap` do what the wrapper does; acknowledge this when it starts the wrapper',
    },
  }];
}

/** What others bring may be left alone, unless it was to be used together with another one. */
function unusedFindings(fn: FunctionFacts, value: string): Finding[] {
  const bringing = isOsOnly(fn) ? [] : bringingLayers(fn);
  const isNobodys = value === '' && bringing.every(({ isOurs }) => !isOurs);
  const used = bringing.filter(({ wrappers }) => wrappers!.includes(value)).at(-1);
  const unused = bringing.filter((layer) => layer !== used && (layer.isOurs || bringing.length > 1));
  return isNobodys || unused.length === 0 ? [] : [{
    severity: severityFor({ isOurs: unused.some(({ isOurs }) => isOurs) }),
    place: fn.place,
    about: bringing,
    fault: {
      what: 'the function does not start through the wrapper of its layer',
      got: [...named(value), ...bringing.map(brings)].join('\n'),
      allowed: 'one wrapper for a function, which its environment names',
      fix: bringing.length > 1
        ? 'leave one of the layers out, or let one wrapper start the other, and acknowledge this'
        : `call \`attachTo(fn)\` on the layer, or set ${EXEC_WRAPPER} to its wrapper`,
    },
  }];
}

function missingFindings(fn: FunctionFacts, value: string): Finding[] {
  return !isInLayers(value) || !areKnown(fn) || canExecute(fn.layers, value) ? [] : [{
    severity: 'error',
    place: fn.place,
    about: fn.layers,
    fault: {
      what: `the exec wrapper of the function ${hasFile(fn.layers, value) ? 'may not be executed' : 'is in none of its layers'}`,
      got: named(value).join('\n'),
      allowed: 'the path of an executable file, in /opt where a layer has it',
      fix: 'attach the layer that has the script with mode 0755, correct the variable, or take it out',
    },
  }];
}

function isOsOnly({ runtime }: FunctionFacts): boolean {
  return runtime?.startsWith('provided') === true;
}

function bringingLayers({ layers }: FunctionFacts): LayerFacts[] {
  return layers.filter(({ wrappers = [] }) => wrappers.length > 0);
}

function brings({ name, wrappers }: LayerFacts): string {
  return `${name} brings ${wrappers!.join(', ')}`;
}

function named(value: string): string[] {
  return [value === '' ? `no ${EXEC_WRAPPER}` : `${EXEC_WRAPPER} is ${value}`];
}
