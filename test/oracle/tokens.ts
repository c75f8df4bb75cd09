import { Aws, Fn } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { PARAMETER, PSEUDO, type ArnModel } from './model';

/** An ARN as an app writes it. */
export function arnToken(arn: ArnModel): string {
  switch (arn.form) {
    case 'text': return arn.text;
    case 'parameter': return Fn.ref('LayerArn');
    case 'parts': return arn.spelling === 'sub' ? Fn.sub(spell(arn, IN_SUB)) : spell(arn, IN_JOIN);
  }
}

interface Spelling {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly version: string;
}

const IN_SUB: Spelling = { partition: '${AWS::Partition}', region: '${AWS::Region}', account: '${AWS::AccountId}', version: '${LayerVersion}' };
const IN_JOIN: Spelling = { partition: Aws.PARTITION, region: Aws.REGION, account: Aws.ACCOUNT_ID, get version() { return Fn.ref('LayerVersion'); } };

function spell(arn: Extract<ArnModel, { form: 'parts' }>, spelling: Spelling): string {
  const part = (text: string, unknown: string): string => text === PSEUDO ? unknown : text;
  const version = arn.version === undefined ? [] : [arn.version === PARAMETER ? spelling.version : arn.version];
  return [
    'arn', part(arn.partition, spelling.partition), 'lambda', part(arn.region, spelling.region), part(arn.account, spelling.account),
    'layer', arn.name, ...version,
  ].join(':');
}

/** CDK compares more than names. */
export function runtimeNamed(name: string): Runtime {
  return new Runtime(name === PARAMETER ? Fn.ref('Runtime') : name, undefined, { supportsInlineCode: true });
}
