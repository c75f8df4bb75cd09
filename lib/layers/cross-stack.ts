import { Token, type Stack } from 'aws-cdk-lib';
import type { CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Fault } from '../common/fault';
import { assemblyOf } from '../validation/assembly';
import { placeOf, registrationOf } from '../validation/registration';
import { topOf } from '../validation/stacks';

const MEND = {
  region: 'make the layer in each region',
  account: 'share the layer with addPermission, and import it with ImportedLayer.fromArn by its ARN written out',
};

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
  const elsewhere = (['region', 'account'] as const).find((part) => differ(owner[part], reader[part]));
  if (elsewhere !== undefined) {
    const isCertain = isKnown(owner[elsewhere]) && isKnown(reader[elsewhere]);
    return {
      what: isCertain
        ? `a layer of one ${elsewhere} is used in another` : `a layer is used where it is not known whether the ${elsewhere} is the same`,
      got: got((stack) => isKnown(stack[elsewhere]) ? stack[elsewhere] : `one whose ${elsewhere} is only known at deployment`),
      allowed: `a layer of the reader's own ${elsewhere}, or an imported one`,
      fix: isCertain ? MEND[elsewhere] : 'give both stacks the same `env`, or none',
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

/** Two values that are only known at deployment are taken for the same: CDK does so for its own references. */
function differ(one: string, other: string): boolean {
  return isKnown(one) || isKnown(other) ? one !== other : false;
}

function dependsOn(stack: Stack, other: Stack): boolean {
  return stack.dependencies.some((dependency) => dependency === other || dependsOn(dependency, other));
}
