import { Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledgements';
import { lookAt } from './check-assembly';
import { installRules } from './install';
import { FaultError, renderFaults } from '../common/fault';
import { RULE_IDS } from '../rules/all-rules';
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
  /** Path of the layer's construct, or its ARN. */
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

/** What the rules see in an app. */
export interface RulesReport {
  /** Every function, in the order of the construct tree. */
  readonly functions: FunctionReport[];
  /** Every rule that is broken and not acknowledged. */
  readonly findings: RuleReport[];
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
   * @param id id of the rule, as in its message
   * @param reason why it is meant, for whoever reads the code next
   * @throws when there is no such rule, or no reason
   */
  public acknowledge(id: string, reason: string): void {
    const faults = [
      ...(RULE_IDS.includes(id) ? [] : [{
        what: 'there is no such rule',
        got: JSON.stringify(id),
        allowed: RULE_IDS.join(', '),
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
    acknowledge(this.scope, id, reason);
    installRules(this.scope);
  }

  /**
   * What the rules see: sizes of functions with their layers, and the rules that are broken. Call it when the app is complete: before
   * `synth`, what aspects will do is not seen, and CDK may keep layers that are added afterwards out of the functions that were looked at.
   */
  public report(): RulesReport {
    try {
      const { facts, verdicts } = lookAt(Stage.of(this.scope) ?? this.scope.node.root);
      const { path } = this.scope.node;
      const isBelow = (place: string): boolean => path === '' || place === path || place.startsWith(`${path}/`);
      return {
        functions: facts.functions.filter(({ place }) => isBelow(place)).map((fn) => {
          const { bytes, isLowerBound } = sizeOf(fn);
          return {
            functionPath: fn.place,
            codeBytes: fn.codeBytes,
            layers: fn.layers.map(({ name, unzippedBytes }) => ({ name, unzippedBytes })),
            totalBytes: bytes,
            isLowerBound,
            quotaShare: bytes / UNZIPPED_BYTES_QUOTA,
          };
        }),
        findings: verdicts.filter(({ place }) => isBelow(place)).map(({ rule, severity, place, fault }) => ({
          rule, severity, constructPath: place, message: renderFaults(place, [fault]),
        })),
      };
    } catch (error) {
      throw error instanceof FaultError ? new Error(renderFaults(this.scope.node.path || 'app', error.faults)) : error;
    }
  }
}
