import type { App } from 'aws-cdk-lib';
import { build } from './build';
import { isPublished, rootOf, type AppModel } from './model';
import { judge, RULES, type Rule, type Verdict } from './oracle';
import { LayerRules } from '../../lib';

export interface Comparison {
  /** What the oracle says and the library does not, then what the library says and the oracle does not. */
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
  readonly broken: readonly Verdict[];
}

/** One app, built and looked at by the library, beside what the oracle says of its description. */
export function compare(model: AppModel): Comparison {
  const { broken, moot } = judge(model);
  const isMoot = (verdict: Verdict): boolean => moot.some(({ rule, path }) => rule === verdict.rule && path === verdict.path);
  const wanted = keysOf(broken.filter((verdict) => !isMoot(verdict)));
  const found = keysOf(verdictsOf(model).filter((verdict) => !isMoot(verdict)));
  return { broken, missing: [...wanted].filter((key) => !found.has(key)), wrong: [...found].filter((key) => !wanted.has(key)) };
}

/** A layer of the app that is used in another region has a rule of its own: nobody can switch it off. */
function verdictsOf(model: AppModel): Verdict[] {
  const app = build(model);
  const isRefused = needsSynth(model) ? isRefusedAtSynth(app) : undefined;
  const { findings } = LayerRules.of(app).report();
  // The rules come with the first layer of this library.
  const hasRules = model.layers.some(({ kind }) => kind === 'shared' || kind === 'imported');
  if (isRefused !== undefined && isRefused !== (hasRules && findings.some(({ severity }) => severity === 'error'))) {
    throw new Error(`the synth ${isRefused ? 'fails without' : 'passes with'} an error in the report`);
  }
  return findings
    .map((finding) => ({ ...finding, rule: finding.rule === 'LayerReference' ? 'LayerRegion' : finding.rule }))
    .filter(({ rule }) => (RULES as readonly string[]).includes(rule))
    .map(({ rule, constructPath, severity }) => ({ rule: rule as Rule, path: constructPath, severity: severity as Verdict['severity'] }));
}

/** What a report does not see before the synth: aspects, and the layers that CDK hands from one stack to another. */
function needsSynth(model: AppModel): boolean {
  return model.functions.some(({ aspect }) => aspect !== undefined) || model.layers.some((layer) => isPublished(layer)
    && model.functions.some((fn) => model.stacks[rootOf(model, fn.stack)].region !== model.stacks[rootOf(model, layer.stack)].region));
}

/** Its faults are those that the report tells afterwards; any other error is not meant. */
function isRefusedAtSynth(app: App): boolean {
  try {
    app.synth();
    return false;
  } catch (error) {
    if (!(error as Error).message.startsWith('Validation failed with the following errors')) {
      throw error;
    }
    return true;
  }
}

function keysOf(verdicts: readonly Verdict[]): Set<string> {
  return new Set(verdicts.map(({ rule, path, severity }) => `${severity} ${rule} ${path}`));
}
