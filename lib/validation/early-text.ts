import { Tokenization, type IResolvable } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropertyReader } from './properties';
import { textOf } from './text-of';

/** What can be said of a text before the app is complete. Lazy values are left alone: CDK would keep what they are now. */
export function earlyText(scope: IConstruct, text: string): string {
  const reader = new PropertyReader();
  const mapToken = (token: IResolvable): unknown => isLazy(token) ? { Ref: String(token) } : reader.resolve(scope, token);
  return textOf(Tokenization.reverseString(text).mapTokens({ mapToken }).join({
    join: (left, right) => `${textOf(left)}${textOf(right)}`,
  }));
}

function isLazy(token: IResolvable): boolean {
  return 'producer' in token;
}
