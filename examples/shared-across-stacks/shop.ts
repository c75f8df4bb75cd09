import type { App, Stack } from 'aws-cdk-lib';
import { OrdersStack } from './orders-stack';
import { PaymentsStack } from './payments-stack';
import { PlatformStack, type PlatformStackProps } from './platform-stack';
import { ReportsStack } from './reports-stack';

export interface Shop {
  readonly platform: PlatformStack;
  /** The stacks that use layers of the platform. */
  readonly consumers: readonly Stack[];
}

/** All stacks of the shop. None of them names an export or says which is deployed first. */
export function addShop(app: App, props: PlatformStackProps = {}): Shop {
  const platform = new PlatformStack(app, 'Platform', props);
  return {
    platform,
    consumers: [
      new OrdersStack(app, 'Orders', { platform }),
      new PaymentsStack(app, 'Payments', { platform }),
      new ReportsStack(app, 'Reports', { platform }),
    ],
  };
}
