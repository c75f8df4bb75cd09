import { App } from 'aws-cdk-lib';
import { addShop } from './shop';

addShop(new App());
