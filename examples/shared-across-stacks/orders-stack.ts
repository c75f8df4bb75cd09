import * as path from 'node:path';
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { PlatformStack } from './platform-stack';

export interface OrdersStackProps extends StackProps {
  readonly platform: PlatformStack;
}

/** One function that takes the packages as any layer is taken, by `layers`. It has nothing to do with the settings. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props: OrdersStackProps) {
    super(scope, id, props);

    const placeOrder = new lambda.Function(this, 'PlaceOrder', {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions/place-order')),
      layers: [props.platform.libs],
    });
    placeOrder.addAlias('live');
  }
}
