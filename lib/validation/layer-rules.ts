import type { IConstruct } from 'constructs';
import { acknowledge, acknowledgedOn } from './acknowledgements';
import { assembliesBelow } from './assembly';
import { lookAt, type Check } from './check-assembly';
import { installRules } from './install';
import { FaultError, renderFaults } from '../common/fault';
import { CHOSEN_RULE_IDS, LAYER_REFERENCE } from '../rules/all-rules';
import type { FunctionFacts } from '../rules/facts';
import { sizeOf } from '../rules/function-size';
import { UNZIPPED_BYTES_QUOTA } from '../rules/quota';

/** What a function brings to Lambda's limits. */
export interface FunctionReport {
  /** Path of the function. */
  readonly functionPath: string;
  /**
   * Unzipped bytes of the function's own code.
   *
   * @default - not known
   */
  readonly codeBytes?: number;
  /** Layers in Lambda's order: the last one wins. */
  readonly layers: LayerReport[];
  /** Unzipped bytes of code and layers, as far as they are known. */
  readonly totalBytes: number;
  /** Whether some part is not known, so that `totalBytes` is a lower bound. */
  readonly isLowerBound: boolean;
  /** Share of the 262,144,000-byte quota, 1 for all of it. */
  readonly quotaShare: number;
}

/** A layer of a function. */
export interface LayerReport {
  /** Path of the layer's construct, its ARN, or for an imported layer the path with the ARN in parentheses. */
  readonly name: string;
  /**
   * Unzipped bytes.
   *
   * @default - not known
   */
  readonly unzippedBytes?: number;
}

/** A rule that is broken. */
export interface RuleReport {
  /** Id of the rule. */
  readonly rule: string;
  /** `error` or `warning`. */
  readonly severity: string;
  /** Path of the construct that it belongs to. */
  readonly constructPath: string;
  /** The whole message. */
  readonly message: string;
}

/** A rule that is broken on purpose. */
export interface AcknowledgementReport {
  /** Id of the rule. */
  readonly rule: string;
  /** Path of the construct that it was acknowledged on; empty for the app. */
  readonly constructPath: string;
  /** Why. */
  readonly reason: string;
}

/** What the rules see in an app. */
export interface RulesReport {
  /** Every function, in the order of the construct tree. */
  readonly functions: FunctionReport[];
  /** Every rule that is broken and not acknowledged. */
  readonly findings: RuleReport[];
  /** What was acknowledged at, or below, the construct that was asked for. */
  readonly acknowledgements: AcknowledgementReport[];
}

/**
 * The rules that check every function and layer when an app is synthesised. They install themselves with the first layer of this library.
 *
 * @see https://github.com/cdk-lambda-layers/cdk-lambda-layers/blob/main/docs/rules.md
 */
export class LayerRules {
  /**
   * The rules for a construct and all that is below it.
   */
  public static of(scope: IConstruct): LayerRules {
    return new LayerRules(scope);
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Says that breaking a rule is meant, here and below: its errors and warnings are no longer told.
   *
   * @param id id of the rule, as in its message; CDK's name of the warning (`cdk-lambda-layers:` before it) is taken, too
   * @param reason why it is meant, for whoever reads the code next
   * @throws when there is no such rule, or no reason
   */
  public acknowledge(id: string, reason: string): void {
    const rule = id.replace(/^cdk-lambda-layers:/, '');
    const faults = [
      ...(CHOSEN_RULE_IDS.includes(rule) ? [] : [{
        what: rule === LAYER_REFERENCE ? 'this rule cannot be acknowledged: the template would hold no ARN' : 'there is no such rule',
        got: JSON.stringify(id),
        allowed: CHOSEN_RULE_IDS.join(', '),
        fix: 'copy the id from the message, where it stands in brackets',
      }]),
      ...(/\S/.test(reason) ? [] : [{
        what: `the acknowledgement of ${id} has no reason`,
        got: JSON.stringify(reason),
        allowed: 'a sentence',
        fix: 'say why breaking the rule is meant',
      }]),
    ];
    if (faults.length > 0) {
      throw new Error(renderFaults(this.scope.node.path || 'app', faults));
    }
    acknowledge(this.scope, rule, reason);
    installRules(this.scope);
  }

  /**
   * What the rules see: sizes of functions with their layers, and the rules that are broken. Call it when the app is complete: before
   * `synth`, what aspects will do is not seen, and CDK may keep layers that are added afterwards out of the functions that were looked at.
   */
  public report(): RulesReport {
    const { path } = this.scope.node;
    const isBelow = (place: string): boolean => path === '' || place === path || place.startsWith(`${path}/`);
    const checks = this.checks();
    return {
      functions: checks.flatMap(({ facts }) => facts.functions).filter(({ place }) => isBelow(place)).map(describeFunction),
      findings: checks.flatMap(({ verdicts }) => verdicts).filter(({ place }) => isBelow(place)).map(({ rule, severity, place, fault }) => ({
        rule, severity, constructPath: place, message: renderFaults(place, [fault]),
      })),
      acknowledgements: this.scope.node.findAll().flatMap((construct) => [...acknowledgedOn(construct)].map(([rule, reason]) => ({
        rule, constructPath: construct.node.path, reason,
      }))),
    };
  }

  private checks(): Check[] {
    try {
      return assembliesBelow(this.scope).map(lookAt);
    } catch (error) {
      throw error instanceof FaultError ? new Error(renderFaults(this.scope.node.path || 'app', error.faults)) : error;
    }
  }
}

function describeFunction(fn: FunctionFacts): FunctionReport {
  const { bytes, isLowerBound } = sizeOf(fn);
  return {
    functionPath: fn.place,
    codeBytes: fn.codeBytes,
    layers: fn.layers.map(({ name, unzippedBytes }) => ({ name, unzippedBytes })),
    totalBytes: bytes,
    isLowerBound,
    quotaShare: bytes / UNZIPPED_BYTES_QUOTA,
  };
}
