import { Intrinsic, Tokenization, type IResolvable } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropertyReader } from './properties';
import { TEXT_CONCATENATOR, textOf } from './text-of';

/**
 * What can be said of a text before the app is complete: of tokens, references and functions of the template. Lazy values are left alone, since CDK
 * would keep what they are now.
 */
export function earlyText(scope: IConstruct, text: string): string {
  const reader = new PropertyReader();
  const mapToken = (token: IResolvable): unknown => token instanceof Intrinsic ? reader.resolve(scope, token) : { Ref: String(token) };
  return textOf(Tokenization.reverseString(text).mapTokens({ mapToken }).join(TEXT_CONCATENATOR));
}
