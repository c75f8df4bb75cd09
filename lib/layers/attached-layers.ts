import { Token, type IResolvable, type IResolveContext } from 'aws-cdk-lib';
import { installRules } from '../validation/install';
import { isNoValue } from '../validation/no-value';
import { notice } from '../validation/notices';

/**
 * The layers of a function: what was there, in CDK's own order, then those that were attached, in the order of attaching. Evaluated at synth,
 * so that what others add meanwhile is seen.
 */
export class AttachedLayers implements IResolvable {
  public readonly creationStack: string[] = [];
  /** The same list each time, by which a function's property is recognised as this. */
  public readonly tokens: string[];
  private readonly arns = new Set<string>();

  /** @param before what the function's property was before */
  constructor(private readonly before: string[]) {
    this.tokens = Token.asList(this);
  }

  /** @returns whether it is new here */
  public add(layerVersionArn: string): boolean {
    const isNew = !this.arns.has(layerVersionArn);
    this.arns.add(layerVersionArn);
    return isNew;
  }

  public resolve(context: IResolveContext): unknown {
    const resolved: unknown = context.resolve(this.before);
    const before = resolved === undefined || isNoValue(resolved) ? [] : resolved;
    if (!Array.isArray(before)) {
      this.cannotAppend(context, before);
      return before;
    }
    const attached = [...this.arns].map((arn): unknown => context.resolve(arn));
    const texts = before.map((one) => JSON.stringify(one));
    return [...before, ...texts.length === 0 ? attached : attached.filter((one) => !texts.includes(JSON.stringify(one)))];
  }

  public toString(): string {
    return Token.asString(this);
  }

  private cannotAppend(context: IResolveContext, before: unknown): void {
    if (!context.preparing) {
      return;
    }
    installRules(context.scope);
    notice(context.scope, {
      what: 'a layer is attached to a function whose list of layers is only known at deployment',
      got: JSON.stringify(before),
      allowed: 'a list that is written out',
      fix: 'write the layers of the function out, or put this one into the list',
    });
  }
}
