import { App } from 'aws-cdk-lib';
import { AuthApiStack } from './auth-api-stack';

new AuthApiStack(new App(), 'AuthApi');
