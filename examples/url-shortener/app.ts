import { App } from 'aws-cdk-lib';
import { UrlShortenerStack } from './url-shortener-stack';

new UrlShortenerStack(new App(), 'UrlShortener');
