import { CfnParameter, CfnResource, Names, Reference, Stack, type IResolveContext } from 'aws-cdk-lib';
import type { CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { refusalOf } from './cross-stack';
import { fingerprintOf } from './fingerprint';
import { installRules } from '../validation/install';
import { notice } from '../validation/notices';
import { markAsLayer, placeOf } from '../validation/registration';
import { topOf } from '../validation/stacks';

/** Stands in a template that cannot be right; the rules say why. */
const UNUSABLE_ARN = 'this-layer-cannot-be-used-here';

/** An id that no user gives to a child of a layer; its sign does not show in the template. */
const PUBLISHED = '$ArnParameter';

/**
 * The ARN of a layer version as the stack that reads it can have it. Another stack reads it from a parameter of Systems Manager whose name
 * holds the layer's fingerprint: no stack exports the ARN, which would block the next update, and the reader's template changes exactly when
 * the layer does.
 */
export class LayerVersionReference extends Reference {
  /** @param layer the L1, as it is when the reference is resolved */
  constructor(private readonly layer: CfnLayerVersion) {
    super('', layer, 'Ref');
  }

  public resolve(context: IResolveContext): unknown {
    const reader = stackAround(context.scope);
    if (reader === undefined || topOf(reader) === topOf(this.layer.stack)) {
      return this.layer.ref;
    }
    const fingerprint = fingerprintOf(this.layer);
    const id = `LayerArn${Names.nodeUniqueId(placeOf(this.layer).node)}${fingerprint}`;
    const parameter = reader.node.tryFindChild(id) as CfnParameter | undefined;
    if (parameter !== undefined) {
      return parameter.valueAsString;
    }
    const fault = refusalOf(this.layer, reader);
    if (fault === undefined) {
      // Nothing is made for whoever only looks, as aspects do: the layer may still change.
      return context.preparing ? this.parameterIn(reader, id, fingerprint).valueAsString : { Ref: id };
    }
    if (context.preparing) {
      installRules(reader);
      notice(context.scope, fault, placeOf(this.layer));
    }
    return UNUSABLE_ARN;
  }

  private parameterIn(reader: Stack, id: string, fingerprint: string): CfnParameter {
    const parameter = new CfnParameter(reader, id, {
      type: 'AWS::SSM::Parameter::Value<String>',
      default: this.publishedName(fingerprint),
      description: `ARN of the layer ${placeOf(this.layer).node.path}`,
    });
    markAsLayer(parameter, this.layer);
    dependOn(topOf(reader), topOf(this.layer.stack), `${reader.node.path} uses the layer ${placeOf(this.layer).node.path}`);
    return parameter;
  }

  /** Name of the parameter beside the layer. It goes when its fingerprint does: kept, it would be in the way of going back to earlier content. */
  private publishedName(fingerprint: string): string {
    const owner = placeOf(this.layer);
    const name = `/cdk-lambda-layers/${topOf(this.layer.stack).stackName}/${Names.nodeUniqueId(owner.node)}/${fingerprint}`;
    if (owner.node.tryFindChild(PUBLISHED) === undefined) {
      const parameter = new CfnResource(owner as Construct, PUBLISHED, {
        type: 'AWS::SSM::Parameter',
        properties: { Name: name, Type: 'String', Value: this.layer.ref, Description: 'ARN of a layer version, for other stacks' },
      });
      parameter.cfnOptions.condition = this.layer.cfnOptions.condition;
    }
    return name;
  }
}

function stackAround(scope: IConstruct): Stack | undefined {
  return scope.node.scopes.reverse().find((one) => Stack.isStack(one));
}

/** The method has had another name since CDK 2.258, where the old one warns. */
function dependOn(stack: Stack, other: Stack, reason: string): void {
  const { addStackDependency } = stack as { addStackDependency?: Stack['addDependency'] };
  (addStackDependency ?? stack.addDependency).call(stack, other, reason);
}
