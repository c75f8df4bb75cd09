import { fillIn, isLiteral } from './text-of';
import type { LayerFacts } from '../rules/facts';

/** What a function's own stack makes of pseudo parameters in an ARN. */
export interface ArnContext {
  readonly account?: string;
  readonly region?: string;
  readonly partition?: string;
}

type ArnFacts = Pick<LayerFacts, 'version' | 'family' | 'region' | 'partition' | 'isMalformed'>;

const LAYER_VERSION = /^arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:\d+$/;
/** Layers of AWS itself have neither region nor account. */
const AWS_LAYER = /^arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+$/;

/** Whether a text without tokens is the ARN of a layer version. */
export function isLayerVersionArn(arn: string): boolean {
  return LAYER_VERSION.test(arn) || AWS_LAYER.test(arn);
}

/** What an ARN says, as `textOf` wrote it. */
export function arnFacts(text: string, context: ArnContext): ArnFacts {
  const arn = fillIn(text, { 'AWS::AccountId': context.account, 'AWS::Region': context.region, 'AWS::Partition': context.partition });
  const [scheme, partition, , region, account, resource, name, ...version] = arn.split(':');
  if (isLiteral(arn)) {
    return LAYER_VERSION.test(arn)
      ? { version: arn, family: `${account}:${region}:${name}`, region, partition }
      : { version: arn, isMalformed: !AWS_LAYER.test(arn) };
  }
  const isWhole = scheme === 'arn' && resource === 'layer' && version.length === 1;
  return {
    version: arn,
    ...(isWhole ? { family: `${account}:${region}:${name}` } : {}),
    ...(isWhole && isLiteral(region) ? { region } : {}),
    ...(isWhole && isLiteral(partition) ? { partition } : {}),
    isMalformed: scheme === 'arn' && resource === 'layer' && (version.length === 0 ? isLiteral(name) : isWhole && !isVersion(version[0])),
  };
}

function isVersion(text: string): boolean {
  return !isLiteral(text) || /^\d+$/.test(text);
}
