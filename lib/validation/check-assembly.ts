import { Annotations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isAcknowledged } from './acknowledgements';
import { collectFacts } from './collect-facts';
import { noticesOf } from './notices';
import { severitiesOf } from './severities';
import { FaultError, renderFault, renderFaults } from '../common/fault';
import { evaluate, type Verdict } from '../rules/evaluate';
import type { AppFacts } from '../rules/facts';

/** What one look at an assembly gives. */
export interface Check {
  readonly facts: AppFacts;
  readonly verdicts: readonly Verdict[];
}

/** Runs every rule over an assembly, without saying anything yet. */
export function lookAt(root: IConstruct): Check {
  const facts: AppFacts = { ...collectFacts(root), isForDeployment: isRunByCli(), today: new Date() };
  severitiesOf(root);
  const verdicts = evaluate(facts, noticesOf(root, facts.functions), {
    severityOf: (rule, place) => severitiesOf(constructAt(root, place)).get(rule),
    isAcknowledged: (rule, places) => places.some((place) => isAcknowledged(constructAt(root, place), rule)),
  });
  return { facts, verdicts };
}

/** Runs every rule over an assembly: warnings go to where they belong, errors are returned, all of them at once. */
export function checkAssembly(root: IConstruct): string[] {
  try {
    const { facts, verdicts } = lookAt(root);
    for (const { severity, place, rule, fault } of verdicts) {
      if (severity === 'warning') {
        Annotations.of(constructAt(root, place)).addWarningV2(`cdk-lambda-layers:${rule}`, renderFault(fault));
      }
    }
    saySkipped(root, facts);
    return verdicts.filter(({ severity }) => severity === 'error').map(({ place, fault }) => renderFaults(place, [fault]));
  } catch (error) {
    if (error instanceof FaultError) {
      return [renderFaults(root.node.path || 'app', error.faults)];
    }
    throw error;
  }
}

/** Said once, on the first of them. */
function saySkipped(root: IConstruct, { layers }: AppFacts): void {
  const stubs = layers.filter((layer) => layer.isStub && layer.isHere);
  if (stubs.length > 0) {
    const others = stubs.length > 1 ? ` and ${stubs.length - 1} more` : '';
    Annotations.of(constructAt(root, stubs[0].place)).addInfo(
      `rules that need bytes (sizes, native files, packages, paths) were skipped for stubs: ${stubs[0].place}${others}`,
    );
  }
}

/** A place names a construct of the whole app, since a layer's name may clash with one in another stage. */
function constructAt(root: IConstruct, place: string): IConstruct {
  return place.split('/').filter((id) => id !== '').reduce<IConstruct>((scope, id) => scope.node.tryFindChild(id) ?? scope, root.node.root);
}

/** The CLI tells the app where to put its assembly. */
function isRunByCli(): boolean {
  return process.env.CDK_OUTDIR !== undefined && process.env.CDK_CLI_VERSION !== undefined;
}
