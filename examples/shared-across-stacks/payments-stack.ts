import * as path from 'node:path';
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { PlatformStack } from './platform-stack';

export interface PaymentsStackProps extends StackProps {
  readonly platform: PlatformStack;
}

/** Two functions that are given layers after they are made. Callers of `Charge` go through an alias, so a new layer must give a new version. */
export class PaymentsStack extends Stack {
  constructor(scope: Construct, id: string, props: PaymentsStackProps) {
    super(scope, id, props);
    const { libs, settings } = props.platform;

    const charge = new lambda.Function(this, 'Charge', {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions/charge')),
    });
    new lambda.Alias(this, 'ChargeLive', { aliasName: 'live', version: charge.currentVersion });

    const refund = new lambda.Function(this, 'Refund', {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions/refund')),
    });

    libs.attachTo(charge);
    settings.attachTo(charge, refund);
  }
}
