import { Fn, Lazy, Size, type CfnResource, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { FOLDERS, isPublished, type ForeignLayer, type LayerModel, type NameModel, type PermissionModel, type PublishedLayer } from './model';
import { arnToken, runtimeNamed } from './tokens';
import { ImportedLayer, LayerContent, LayerNaming, SharedDependencyLayer } from '../../lib';
import { folderOf } from '../layers/support';

const folders = FOLDERS.map(folderOf);

export interface MadeLayer {
  readonly arn: string;
  /** What a `Function` takes; an L1 is none. */
  readonly construct?: lambda.ILayerVersion;
  /** Only layers of this library have it. */
  readonly attachTo?: (...functions: lambda.IFunctionRef[]) => void;
}

export function makeLayer(stack: Stack, id: string, layer: LayerModel): MadeLayer {
  const made = makeAsWritten(stack, id, layer);
  const construct = stack.node.findChild(id);
  if (isPublished(layer) && layer.overridden) {
    const resource = (construct.node.defaultChild ?? construct) as CfnResource;
    const { name, runtimes, architectures } = layer.overridden;
    Object.entries({ LayerName: name, CompatibleRuntimes: runtimes, CompatibleArchitectures: architectures })
      .forEach(([property, value]) => value !== undefined && resource.addPropertyOverride(property, value));
  }
  return made;
}

function makeAsWritten(stack: Stack, id: string, layer: LayerModel): MadeLayer {
  switch (layer.kind) {
    case 'shared': {
      const made = new SharedDependencyLayer(stack, id, {
        content: [LayerContent.files(folders[layer.folder])],
        naming: LayerNaming.none(),
        ...fieldsOf(layer),
      });
      return share(made, layer.permissions, (...functions) => made.attachTo(...functions));
    }
    case 'plain':
      return share(new lambda.LayerVersion(stack, id, { code: lambda.Code.fromAsset(folders[layer.folder]), ...fieldsOf(layer) }), layer.permissions);
    case 'raw':
      return makeRawLayer(stack, id, layer);
    case 'imported': {
      const made = ImportedLayer.fromArn(stack, id, {
        layerVersionArn: arnToken(layer.arn),
        unzippedSize: layer.bytes === undefined ? undefined : Size.bytes(layer.bytes),
        compatibleRuntimes: runtimesOf(layer),
        compatibleArchitectures: architecturesOf(layer),
      });
      return { arn: made.layerVersionArn, construct: made, attachTo: (...functions) => made.attachTo(...functions) };
    }
    case 'referenced': {
      const made = lambda.LayerVersion.fromLayerVersionArn(stack, id, arnToken(layer.arn));
      return { arn: made.layerVersionArn, construct: made };
    }
  }
}

function fieldsOf(layer: PublishedLayer): Omit<lambda.LayerVersionProps, 'code'> {
  return {
    layerVersionName: nameOf(layer.name),
    description: layer.descriptionLength === 0 ? undefined : 'd'.repeat(layer.descriptionLength),
    license: layer.licenceLength === 0 ? undefined : 'l'.repeat(layer.licenceLength),
    compatibleRuntimes: runtimesOf(layer),
    compatibleArchitectures: architecturesOf(layer),
  };
}

function makeRawLayer(stack: Stack, id: string, layer: PublishedLayer): MadeLayer {
  const { layerVersionName, description, license } = fieldsOf(layer);
  const made = new lambda.CfnLayerVersion(stack, id, {
    content: { s3Bucket: 'somebodys', s3Key: 'layer.zip' },
    layerName: layerVersionName,
    description,
    licenseInfo: license,
    compatibleRuntimes: layer.runtimes.length === 0 ? undefined : [...layer.runtimes],
    compatibleArchitectures: layer.architectures.length === 0 ? undefined : [...layer.architectures],
  });
  layer.permissions.forEach((permission, index) => {
    const { accountId, organizationId } = principalOf(permission);
    new lambda.CfnLayerVersionPermission(stack, `${id}Permission${index}`, {
      action: 'lambda:GetLayerVersion', layerVersionArn: made.ref, principal: accountId, organizationId,
    });
  });
  return { arn: made.ref };
}

function share(made: lambda.LayerVersion, permissions: readonly PermissionModel[], attachTo?: MadeLayer['attachTo']): MadeLayer {
  permissions.forEach((permission, index) => made.addPermission(`Permission${index}`, principalOf(permission)));
  return { arn: made.layerVersionArn, construct: made, attachTo };
}

function principalOf(permission: PermissionModel): lambda.LayerVersionPermission {
  switch (permission) {
    case 'account': return { accountId: '444455556666' };
    case 'organisation': return { accountId: '*', organizationId: 'o-abcdefghij' };
    case 'everyone': return { accountId: '*' };
  }
}

function nameOf(name: NameModel): string | undefined {
  switch (name.form) {
    case 'none': return undefined;
    case 'text': return name.text;
    case 'lazy': return Lazy.string({ produce: () => name.text });
    case 'parameter': return Fn.ref('LayerName');
  }
}

function runtimesOf({ runtimes }: PublishedLayer | ForeignLayer): lambda.Runtime[] | undefined {
  return runtimes.length === 0 ? undefined : runtimes.map(runtimeNamed);
}

function architecturesOf({ architectures }: PublishedLayer | ForeignLayer): lambda.Architecture[] | undefined {
  return architectures.length === 0 ? undefined : architectures.map((name) => lambda.Architecture.custom(name));
}
