import { Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What is synthesised and checked as one: the app, or the stage that a construct is or lies in. */
export function assemblyOf(construct: IConstruct): IConstruct {
  return construct.node.scopes.reverse().find((scope) => Stage.isStage(scope)) ?? construct.node.root;
}

/** Every assembly with constructs at or below a scope. */
export function assembliesBelow(scope: IConstruct): IConstruct[] {
  return [...new Set([assemblyOf(scope), ...scope.node.findAll().filter((construct) => Stage.isStage(construct))])];
}
