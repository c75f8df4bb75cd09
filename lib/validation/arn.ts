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

/** What an ARN says, as `textOf` wrote it: `<…>` stands for what is only known at deployment. */
export function arnFacts(text: string, context: ArnContext): ArnFacts {
  const arn = text.replace(/<AWS\u2236\u2236(AccountId|Region|Partition)>/g, (token, name: string) => knownPseudo(name, context) ?? token);
  if (!arn.includes('<')) {
    const [, partition, , region, account, , name] = arn.split(':');
    return LAYER_VERSION.test(arn)
      ? { version: arn, family: `${account}:${region}:${name}`, region, partition }
      : { version: arn, isMalformed: !AWS_LAYER.test(arn) };
  }
  const [scheme, partition, , region, account, resource, name, ...version] = arn.split(':');
  const isWhole = scheme === 'arn' && resource === 'layer' && version.length === 1;
  return {
    version: arn,
    ...(isWhole ? { family: `${account}:${region}:${name}` } : {}),
    ...(isWhole && !region.includes('<') ? { region } : {}),
    ...(isWhole && !partition.includes('<') ? { partition } : {}),
    isMalformed: scheme === 'arn' && resource === 'layer' && version.length === 0 && !name.includes('<'),
  };
}

function knownPseudo(name: string, context: ArnContext): string | undefined {
  switch (name) {
    case 'AccountId': return context.account;
    case 'Region': return context.region;
    default: return context.partition;
  }
}
