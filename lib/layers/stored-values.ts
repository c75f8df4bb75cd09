import { Token } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';

/** What Secrets Manager finds a secret by. */
export function secretId(secret: ISecret): string {
  return secret.secretFullArn ?? secret.secretArn;
}

/** By its ARN, where that is written out: of one that was imported by its ARN, CDK's name lacks the path. */
export function parameterName({ parameterArn, parameterName: named }: IParameter): string {
  const name = Token.isUnresolved(parameterArn) ? undefined : /:parameter\/(.+)$/.exec(parameterArn)?.[1];
  return name === undefined ? named : name.includes('/') ? `/${name}` : name;
}

/** Only what is called: CDK's own grant allows to look at the history as well. */
export function grantParameterRead(parameter: IParameter, grantee: IGrantable): void {
  Grant.addToPrincipal({ grantee, actions: ['ssm:GetParameter'], resourceArns: [parameter.parameterArn] });
  (parameter as { encryptionKey?: IKey }).encryptionKey?.grantDecrypt(grantee);
}
