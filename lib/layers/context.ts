import { RemovalPolicy, type Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { BundlingMode } from './layer-bundling-options';
import { LayerNaming } from './naming';
import { FaultError } from '../common/fault';
import { RULES_CONTEXT } from '../validation/severities';

/** Company-wide choices. README's table lists them; keep it equal. */
export const ContextKey = {
  BUNDLING: 'cdk-lambda-layers:bundling',
  EXTENSION_LINKS: 'cdk-lambda-layers:extensionLinks',
  EXCLUDE_NEWER: 'cdk-lambda-layers:excludeNewer',
  FROZEN: 'cdk-lambda-layers:frozen',
  NAMING: 'cdk-lambda-layers:naming',
  REMOVAL_POLICY: 'cdk-lambda-layers:removalPolicy',
  RULES: RULES_CONTEXT,
  SAM: 'cdk-lambda-layers:sam',
} as const;

const BUNDLING_VARIABLE = 'CDK_LAMBDA_LAYERS_BUNDLING';

/** The mode by prop, else context, else environment. */
export function bundlingMode(scope: Construct, asked: BundlingMode | undefined): BundlingMode {
  const modes = Object.values(BundlingMode);
  return (
    asked ??
    choice(`context ${ContextKey.BUNDLING}`, scope.node.tryGetContext(ContextKey.BUNDLING), modes) ??
    choice(`environment variable ${BUNDLING_VARIABLE}`, process.env[BUNDLING_VARIABLE] || undefined, modes) ??
    BundlingMode.AUTO
  );
}

/** Days that a release must be old, by prop, else context. */
export function excludeNewerDays(scope: Construct, asked: Duration | undefined): number | undefined {
  if (asked !== undefined) {
    return asked.toDays({ integral: false });
  }
  const value: unknown = scope.node.tryGetContext(ContextKey.EXCLUDE_NEWER);
  if (value === undefined) {
    return undefined;
  }
  if (!/^\d+(?:\.\d+)?$/.test(String(value))) {
    throw wrongContext(`context ${ContextKey.EXCLUDE_NEWER}`, value, 'a number of days, 0 or more');
  }
  return Number(value);
}

/** Whether a missing or stale lock is an error: always in CI, where nobody would commit what a synth writes. */
export function isFrozen(scope: Construct): boolean {
  return flag(scope, ContextKey.FROZEN) ?? !['', '0', 'false'].includes((process.env.CI ?? '').toLowerCase());
}

/** The naming by prop, else context. */
export function layerNaming(scope: Construct, asked: LayerNaming | undefined): LayerNaming {
  if (asked !== undefined) {
    return asked;
  }
  const name = choice(`context ${ContextKey.NAMING}`, scope.node.tryGetContext(ContextKey.NAMING), ['scoped', 'byPurpose', 'none']);
  switch (name) {
    case 'byPurpose':
      return LayerNaming.byPurpose();
    case 'none':
      return LayerNaming.none();
    default:
      return LayerNaming.scoped();
  }
}

/** The removal policy by prop, else context. */
export function layerRemovalPolicy(scope: Construct, asked: RemovalPolicy | undefined): RemovalPolicy {
  return (
    asked ??
    choice(`context ${ContextKey.REMOVAL_POLICY}`, scope.node.tryGetContext(ContextKey.REMOVAL_POLICY), [
      RemovalPolicy.RETAIN,
      RemovalPolicy.DESTROY,
      RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ]) ??
    RemovalPolicy.RETAIN
  );
}

/** Whether SAM CLI shall be able to run the functions locally with the layer. */
export function isForSam(scope: Construct): boolean {
  return flag(scope, ContextKey.SAM) ?? false;
}

/** Whether the ready-made extensions of one layer are links to one program, rather than scripts that start it. */
export function linksExtensions(scope: Construct): boolean {
  return flag(scope, ContextKey.EXTENSION_LINKS) ?? true;
}

/** A yes or no. On CDK's command line every value is text. */
function flag(scope: Construct, key: string): boolean | undefined {
  const value: unknown = scope.node.tryGetContext(key);
  return value === undefined || typeof value === 'boolean' ? value : choice(`context ${key}`, value, ['true', 'false']) === 'true';
}

function choice<T extends string>(source: string, value: unknown, allowed: readonly T[]): T | undefined {
  if (value === undefined) {
    return undefined;
  }
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw wrongContext(source, value, allowed.join(', '));
  }
  return found;
}

function wrongContext(source: string, value: unknown, allowed: string): FaultError {
  return new FaultError({
    what: `${source} has a value that means nothing`,
    got: JSON.stringify(value),
    allowed,
    fix: 'correct the value, or remove it',
  });
}
