import { posix } from 'node:path';
import { shebangFault } from './extension-shebang';
import type { FunctionFacts, LayerFacts } from './facts';
import { areKnown, canExecute, isInLayers } from './layer-files';
import { severityFor, type Finding, type Rule } from './rule';
import type { ManifestProgram } from '../inspect/manifest';
import { isStartable } from '../inspect/programs';
import { interpretersOf, PATH_FOLDERS } from '../target/interpreters';
import { systemOf } from '../target/lambda-runtimes';

/** What programs find where they are started. */
interface Surroundings {
  /** Undefined when not known. */
  readonly runtime?: string;
  readonly layers: readonly LayerFacts[];
  /** Whether something else may be in /opt. */
  readonly mayHaveMore: boolean;
  /** Whether `PATH` is Lambda's. */
  readonly hasLambdasPath: boolean;
}

/** What starts a program is neither in the runtime nor in a layer. Lambda: "no such file or directory". */
export const extensionInterpreter: Rule = {
  id: 'ExtensionInterpreter',
  checkFunction: (fn) => fn.isImage ? [] : fn.layers.filter((layer) => programsOf(layer).length > 0).flatMap((layer) => (
    findings(layer, layer.place ?? fn.place, surroundingsOf(fn)).map((finding) => ({ ...finding, seenIn: fn.place }))
  )),
  checkLayer: (layer, { functions }) => (layer.runtimes ?? [undefined]).flatMap((runtime) => findings(layer, layer.place, {
    runtime, layers: [layer], mayHaveMore: functions.some(({ layers }) => layers.includes(layer) && layers.length > 1), hasLambdasPath: true,
  })),
};

function surroundingsOf(fn: FunctionFacts): Surroundings {
  const environment = fn.environment();
  return {
    runtime: fn.runtime, layers: fn.layers, mayHaveMore: !areKnown(fn), hasLambdasPath: environment !== undefined && !environment.has('PATH'),
  };
}

function findings(layer: LayerFacts, place: string, around: Surroundings): Finding[] {
  const missing = programsOf(layer).map((program) => ({ program, starter: missingFor(program, around) }))
    .filter(({ starter }) => starter !== undefined);
  // What no runtime has is told alike for all of them.
  const isNowhere = missing.every(({ program, starter }) => missingFor(program, { ...around, runtime: undefined }) === starter);
  const runtime = isNowhere ? undefined : around.runtime;
  const allowed = interpretersOf(runtime).filter((path) => path.startsWith('/var/lang/'));
  return missing.length === 0 ? [] : [{
    severity: severityFor(layer),
    place,
    about: [layer],
    fault: {
      what: 'what a program is started with is not there',
      got: missing.map(({ program, starter }) => (
        `${program.path} of ${layer.name}: ${runtime === undefined ? `no runtime has ${starter}` : `${runtime} has no ${starter}`}`
      )).join('\n'),
      allowed: `${['/bin/sh', '/bin/bash', ...runtime === undefined ? [] : allowed].join(', ')}, an executable file of a layer, or a static program`,
      fix: 'name one of these in the script\'s first line, bring the interpreter in a layer, or link the program statically',
    },
  }];
}

/** Other rules look after what cannot be started anywhere. */
function programsOf({ content }: LayerFacts): ManifestProgram[] {
  return (content?.programs() ?? []).filter((program) => isStartable(program) && shebangFault(program) === undefined);
}

/** What the program needs and does not find: its interpreter, or what env is to start. */
function missingFor({ format, interpreter }: ManifestProgram, around: Surroundings): string | undefined {
  if (interpreter === undefined) {
    return undefined;
  }
  const [, path, argument] = (format === 'script' ? /^([^ \t]+)[ \t]*(.*)$/.exec(interpreter) : null) ?? ['', interpreter, ''];
  if (!isThere(path, around)) {
    return path;
  }
  return /^\/(?:usr\/)?bin\/env$/.test(path) ? missingForEnv(argument, around) : undefined;
}

function missingForEnv(argument: string, around: Surroundings): string | undefined {
  const split = /^(?:-S|-vS|--split-string=)(.*)/.exec(argument)?.[1];
  if (split !== undefined && around.runtime !== undefined && systemOf(around.runtime)?.hasEnvSplit === false) {
    return '`env -S`';
  }
  const [program = ''] = (split ?? argument).trim().split(/[ \t]+/).filter((word) => !word.includes('='));
  // What env's other options, quotes and variables make of it is not known.
  return /^-|["'\\$]|^$/.test(program) || isOnPath(program, around) ? undefined : program;
}

function isOnPath(program: string, around: Surroundings): boolean {
  return program.includes('/') ? isThere(program, around)
    : !around.hasLambdasPath || PATH_FOLDERS.some((folder) => isThere(`${folder}/${program}`, around));
}

/** The function's own code is not looked into. */
function isThere(written: string, { runtime, layers, mayHaveMore }: Surroundings): boolean {
  const path = posix.normalize(written);
  return path.startsWith('/var/task/')
    || (isInLayers(path) ? mayHaveMore || canExecute(layers, path) : interpretersOf(runtime).includes(path));
}
