import { App } from 'aws-cdk-lib';
import { ReceiptsStack } from './receipts-stack';

new ReceiptsStack(new App(), 'Receipts');
