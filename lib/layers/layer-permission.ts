import type { RemovalPolicy } from 'aws-cdk-lib';
import { CfnLayerVersionPermission, type ILayerVersion, type LayerVersionPermission } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { renderFaults, type Fault } from '../common/fault';
import { installRules } from '../validation/install';
import { literal } from '../validation/literal';

const PRINCIPAL = /^(?:\d{12}|\*|arn:aws[a-zA-Z-]*:iam::\d{12}:root)$/;
const ORGANIZATION = /^o-[a-z0-9]{10,32}$/;

/**
 * Shares a layer version. With a retained layer the grant is retained, too: accounts that use an old version keep their right to it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
 */
export function shareLayer(
  layer: Construct & ILayerVersion, id: string, permission: LayerVersionPermission, removalPolicy: RemovalPolicy | undefined,
): void {
  const faults = permissionFaults(permission);
  if (faults.length > 0) {
    throw new Error(renderFaults(layer.node.path, faults));
  }
  const resource = new CfnLayerVersionPermission(layer, id, {
    action: 'lambda:GetLayerVersion',
    layerVersionArn: layer.layerVersionArn,
    principal: permission.accountId,
    organizationId: permission.organizationId,
  });
  if (removalPolicy !== undefined) {
    resource.applyRemovalPolicy(removalPolicy);
  }
  installRules(layer);
}

function permissionFaults({ accountId, organizationId }: LayerVersionPermission): Fault[] {
  const faults: Fault[] = [];
  if (!PRINCIPAL.test(literal(accountId) ?? '*')) {
    faults.push({
      what: 'the layer is shared with something that is no account',
      got: JSON.stringify(accountId),
      allowed: 'twelve digits, arn:aws:iam::ACCOUNT:root, or * with an organisation id',
      fix: 'correct `accountId`',
    });
  }
  if (organizationId !== undefined && literal(organizationId) !== undefined && !ORGANIZATION.test(organizationId)) {
    faults.push({
      what: 'the layer is shared with something that is no organisation',
      got: JSON.stringify(organizationId),
      allowed: 'o- and 10 to 32 letters and digits; Lambda has no grants to organisational units',
      fix: 'correct `organizationId`',
    });
  }
  if (organizationId !== undefined && accountId !== '*') {
    faults.push({
      what: 'an organisation goes with the principal *',
      got: `accountId ${JSON.stringify(accountId)} with organizationId ${JSON.stringify(organizationId)}`,
      allowed: 'accountId: \'*\' with an organisation, or an account alone',
      fix: 'set `accountId` to \'*\', or leave `organizationId` out',
    });
  }
  return faults;
}
