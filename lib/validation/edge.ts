import { Reference, Tokenization, type CfnResource } from 'aws-cdk-lib';
import type { PropertyReader } from './properties';

/** CloudFront demands of a function that it shall run at its edges that its role trusts this service, and CDK's distributions see to it. */
const EDGE_SERVICE = 'edgelambda.amazonaws.com';

/** Whether CloudFront may run a function at its edges, as far as its role is one of the app. */
export function mayRunAtEdge(resource: CfnResource, reader: PropertyReader): boolean {
  const { role } = resource as { role?: unknown };
  const token = typeof role === 'string' ? Tokenization.reverseString(role).firstToken : undefined;
  if (token === undefined || !Reference.isReference(token) || (token.target as Partial<CfnResource>).cfnResourceType !== 'AWS::IAM::Role') {
    return false;
  }
  return JSON.stringify(reader.of(token.target as CfnResource).get('AssumeRolePolicyDocument')).includes(EDGE_SERVICE);
}
