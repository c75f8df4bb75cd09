import { Token, type Stack } from 'aws-cdk-lib';
import type { CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Fault } from '../common/fault';
import { assemblyOf } from '../validation/assembly';
import { placeOf, registrationOf } from '../validation/registration';
import { topOf } from '../validation/stacks';

/** Why another stack cannot have a layer; undefined when it can. */
export function refusalOf(layer: CfnLayerVersion, reader: Stack): Fault | undefined {
  const owner = layer.stack;
  const path = placeOf(layer).node.path;
  const got = (of: (stack: Stack) => string): string => `${path} in ${of(owner)}, used in ${of(reader)}`;
  if (assemblyOf(reader) !== assemblyOf(owner)) {
    return {
      what: 'a layer of one stage is used in another',
      got: got((stack) => assemblyOf(stack).node.path || 'the app itself'),
      allowed: 'layers of the same stage: stages are deployed without each other',
      fix: 'make the layer in each stage, or import it with ImportedLayer.fromArn by its ARN written out',
    };
  }
  if (differ(owner.region, reader.region)) {
    return {
      what: bothKnown(owner.region, reader.region)
        ? 'a layer of one region is used in another' : 'a layer is used where it is not known whether the region is the same',
      got: got((stack) => isKnown(stack.region) ? stack.region : 'a region that is only known at deployment'),
      allowed: 'a layer of the function\'s own region',
      fix: bothKnown(owner.region, reader.region) ? 'make the layer in each region' : 'give both stacks the same `env`, or none',
    };
  }
  if (differ(owner.account, reader.account)) {
    return {
      what: bothKnown(owner.account, reader.account)
        ? 'a layer of one account is used in another' : 'a layer is used where it is not known whether the account is the same',
      got: got((stack) => isKnown(stack.account) ? stack.account : 'an account that is only known at deployment'),
      allowed: 'a layer of the function\'s own account, or an imported one that was shared with it',
      fix: bothKnown(owner.account, reader.account)
        ? 'share the layer with addPermission, and import it with ImportedLayer.fromArn by its ARN written out'
        : 'give both stacks the same `env`, or none',
    };
  }
  if (registrationOf(layer)?.isUnbuilt === true && reader.bundlingRequired) {
    return {
      what: 'a layer is not built, since its stack is not selected',
      got: `${path}, used in ${reader.node.path}`,
      allowed: 'a layer that is in the cache, or whose stack is selected as well',
      fix: `leave out --exclusively (-e), or select ${topOf(owner).node.path} besides`,
    };
  }
  return !dependsOn(topOf(owner), topOf(reader)) ? undefined : {
    what: 'two stacks would need each other',
    got: `${topOf(reader).node.path} uses the layer ${path}, and ${topOf(owner).node.path} depends on ${topOf(reader).node.path}`,
    allowed: 'one of them deployed before the other',
    fix: 'make the layer in a stack that depends on none of its users',
  };
}

function isKnown(value: string): boolean {
  return !Token.isUnresolved(value);
}

function bothKnown(one: string, other: string): boolean {
  return isKnown(one) && isKnown(other);
}

/** Two values that are only known at deployment are taken for the same: CDK does so for its own references. */
function differ(one: string, other: string): boolean {
  return isKnown(one) || isKnown(other) ? one !== other : false;
}

function dependsOn(stack: Stack, other: Stack): boolean {
  return stack.dependencies.some((dependency) => dependency === other || dependsOn(dependency, other));
}
