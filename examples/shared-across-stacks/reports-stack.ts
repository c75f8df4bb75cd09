import * as path from 'node:path';
import { NestedStack, Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { PlatformStack } from './platform-stack';

export interface ReportsStackProps extends StackProps {
  readonly platform: PlatformStack;
}

/** A function in a nested stack, which reads the layers' parameters itself: nothing is handed down by the stack around it. */
export class ReportsStack extends Stack {
  constructor(scope: Construct, id: string, props: ReportsStackProps) {
    super(scope, id, props);

    const nightly = new NestedStack(this, 'Nightly');
    const summarise = new lambda.Function(nightly, 'Summarise', {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions/summarise')),
    });
    summarise.addAlias('live');

    props.platform.libs.attachTo(summarise);
    props.platform.settings.attachTo(summarise);
  }
}
