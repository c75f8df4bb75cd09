import type { FunctionFacts, LayerFacts } from './facts';
import { areKnown, canExecute, isInLayers } from './layer-files';
import { severityFor, type Finding, type Rule } from './rule';
import type { ManifestProgram } from '../inspect/manifest';
import { isStartable } from '../inspect/programs';
import { interpretersOf, PATH_FOLDERS } from '../target/interpreters';
import { systemOf } from '../target/lambda-runtimes';

/** Amazon Linux 2 has no `env -S`. */
const FIRST_GLIBC_WITH_SPLIT = '2.34';

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
  const missing = programsOf(layer).flatMap((program) => missingFor(program, around).map((starter) => ({ program, starter })));
  // What no runtime has is told alike for all of them.
  const runtime = missing.every(({ program }) => missingFor(program, { ...around, runtime: undefined }).length > 0) ? undefined : around.runtime;
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
  return (content?.programs() ?? []).filter((program) => isStartable(program) && program.interpreter?.startsWith('/') === true
    && !program.interpreter.includes('\r'));
}

/** What the program needs and does not find: its interpreter, or what env is to start. */
function missingFor({ format, interpreter = '' }: ManifestProgram, around: Surroundings): string[] {
  const [, path, argument] = (format === 'script' ? /^([^ \t]+)[ \t]*(.*)$/.exec(interpreter) : null) ?? ['', interpreter, ''];
  if (!isThere(path, around)) {
    return [path];
  }
  return /^\/(?:usr\/)?bin\/env$/.test(path) ? missingForEnv(argument, around) : [];
}

function missingForEnv(argument: string, around: Surroundings): string[] {
  const split = /^(?:-S|-vS|--split-string=)(.*)/.exec(argument)?.[1];
  if (split !== undefined && !knowsSplit(around.runtime)) {
    return ['`env -S`'];
  }
  const [program = ''] = (split ?? argument).trim().split(/[ \t]+/).filter((word) => !word.includes('='));
  // What env's other options, quotes and variables make of it is not known.
  return /^-|["'\\$]|^$/.test(program) || isOnPath(program, around) ? [] : [program];
}

function knowsSplit(runtime: string | undefined): boolean {
  const known = runtime === undefined ? undefined : systemOf(runtime);
  return known === undefined || known.glibc === FIRST_GLIBC_WITH_SPLIT;
}

function isOnPath(program: string, around: Surroundings): boolean {
  return program.includes('/') ? isThere(program, around)
    : !around.hasLambdasPath || PATH_FOLDERS.some((folder) => isThere(`${folder}/${program}`, around));
}

/** The function's own code is not looked into. */
function isThere(path: string, { runtime, layers, mayHaveMore }: Surroundings): boolean {
  return path.startsWith('/var/task/')
    || (isInLayers(path) ? mayHaveMore || canExecute(layers, path) : interpretersOf(runtime).includes(path));
}
