import { Stage, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

export const ROLE = 'arn:aws:iam::111122223333:role/orders';

/** The ARN of a layer of somebody else. */
export function arnOf(name: string, version: string | number = 1, region = 'us-east-1', partition = 'aws'): string {
  return `arn:${partition}:lambda:${region}:111122223333:layer:${name}:${version}`;
}

/** As many ARNs of different layers. */
export function arns(count: number): string[] {
  return Array.from({ length: count }, (_, place) => arnOf(`theirs-${place}`));
}

/** A function by its L1. */
export function rawFunction(stack: Stack, props: Partial<lambda.CfnFunctionProps> = {}, id = 'Orders'): lambda.CfnFunction {
  return new lambda.CfnFunction(stack, id, { code: { zipFile: 'x' }, handler: 'index.handler', runtime: 'python3.13', role: ROLE, ...props });
}

/** What a synth of the assembly around a construct fails with, a line a finding: place, what is wrong and rule. */
export function errorsOf(construct: IConstruct): string[] {
  const message = synthFailure(construct) ?? '';
  return [...message.matchAll(/^ {2}\[[^\]]*\] (.*\[\w+\])$/gm)].map(([, line]) => line);
}

/** The warnings of this library below a construct after a synth: place and rule. */
export function warningsOf(construct: IConstruct): string[] {
  synthFailure(construct);
  return construct.node.findAll().flatMap(({ node }) => node.metadata
    .filter(({ type }) => type === 'aws:cdk:warning')
    .flatMap(({ data }) => /\[ack: cdk-lambda-layers:(\w+)\]/.exec(String(data))?.[1] ?? [])
    .map((rule) => `${node.path} ${rule}`));
}

function synthFailure(construct: IConstruct): string | undefined {
  try {
    Stage.of(construct)!.synth({ force: true });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
