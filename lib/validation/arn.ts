import { fillIn, isLiteral } from './text-of';
import type { LayerFacts } from '../rules/facts';

/** What a function's own stack makes of pseudo parameters in an ARN. */
export interface ArnContext {
  readonly account?: string;
  readonly region?: string;
  readonly partition?: string;
}

type ArnFacts = Pick<LayerFacts, 'version' | 'family' | 'region' | 'partition' | 'isMalformed'>;

/** The parts of a layer version's ARN, from the service's API model. */
const PARTS: readonly RegExp[] = [
  /^arn$/, /^(?:aws[a-zA-Z-]*)?$/, /^lambda$/, /^(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d$/, /^\d{12}$/,
  /^layer$/, /^[a-zA-Z0-9-_]+$/, /^\d+$/,
];

/** Layers of AWS itself have neither region nor account. */
const AWS_LAYER = /^arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+$/;

/** Anything that fits, for what is only known at deployment. */
const SAMPLES = { 'AWS::Partition': 'aws', 'AWS::Region': 'us-east-1', 'AWS::AccountId': '111122223333' };

/** Whether a text, as `textOf` writes it, can be the ARN of a layer version. */
export function mayBeLayerVersionArn(text: string): boolean {
  const arn = fillIn(text, SAMPLES);
  const parts = arn.split(':');
  // A token may hold several parts: what stands before the first is counted from the left, what stands after the last from the right.
  const known = parts.map(isLiteral);
  const [first, last] = [known.indexOf(false), known.lastIndexOf(false)];
  if (first < 0) {
    return AWS_LAYER.test(arn) || (parts.length === PARTS.length && parts.every((part, place) => PARTS[place].test(part)));
  }
  return parts.length <= PARTS.length && parts.every((part, place) => (
    place < first ? PARTS[place].test(part) : place <= last || PARTS[PARTS.length - parts.length + place].test(part)
  ));
}

/** What an ARN says, as `textOf` wrote it. */
export function arnFacts(text: string, context: ArnContext): ArnFacts {
  const arn = fillIn(text, { 'AWS::AccountId': context.account, 'AWS::Region': context.region, 'AWS::Partition': context.partition });
  if (!mayBeLayerVersionArn(arn)) {
    return { version: arn, isMalformed: true };
  }
  const [, partition, , region, account, resource, name, ...version] = arn.split(':');
  return resource !== 'layer' || version.length !== 1 ? { version: arn } : {
    version: arn,
    family: `${account}:${region}:${name}`,
    ...(isLiteral(region) ? { region } : {}),
    ...(isLiteral(partition) && partition !== '' ? { partition } : {}),
  };
}
