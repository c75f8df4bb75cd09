import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** JSON of a value with tokens in it, as deployment will make it; plain text where there are none. */
export function jsonText(scope: IConstruct, value: unknown): string {
  return isLate(value) ? Stack.of(scope).toJsonString(value) : JSON.stringify(value);
}

/** Whether some of a value is only known at deployment: a number that is looks like any other in JSON. */
function isLate(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === 'object' && value !== null && Object.values(value).some(isLate));
}
