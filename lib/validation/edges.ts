import { Reference, Tokenization, type CfnResource } from 'aws-cdk-lib';
import type { PropertyReader } from './properties';

/** CloudFront demands that the role of a function which it runs at its edges trusts this service; CDK's distributions see to it. */
const EDGE_SERVICE = 'edgelambda.amazonaws.com';

/** Which functions CloudFront may run at its edges, as far as roles and distributions are those of the app. */
export class Edges {
  private readonly areThere: boolean;

  constructor(private readonly reader: PropertyReader, resources: readonly CfnResource[]) {
    this.areThere = resources.some(({ cfnResourceType }) => cfnResourceType === 'AWS::CloudFront::Distribution');
  }

  /** Reading a role costs more than all else that is read of a function. */
  public mayRun(resource: CfnResource): boolean {
    const role = this.areThere ? roleOf(resource) : undefined;
    return role !== undefined && JSON.stringify(this.reader.of(role).get('AssumeRolePolicyDocument') ?? '').includes(EDGE_SERVICE);
  }
}

/** The role of a function, where it is made in the app. */
function roleOf(resource: CfnResource): CfnResource | undefined {
  const { role } = resource as { role?: unknown };
  const token = typeof role === 'string' ? Tokenization.reverseString(role).firstToken : undefined;
  const target = token !== undefined && Reference.isReference(token) ? token.target as CfnResource : undefined;
  return target?.cfnResourceType === 'AWS::IAM::Role' ? target : undefined;
}
