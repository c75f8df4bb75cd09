import { Token } from 'aws-cdk-lib';
import { isLiteral, textOf } from './text-of';

/** A text that is known now; undefined for what is only known at deployment, or is no text. */
export function literal(value: unknown): string | undefined {
  return typeof value === 'string' && !Token.isUnresolved(value) && isLiteral(textOf(value)) ? value : undefined;
}
