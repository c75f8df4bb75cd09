import type { Stack } from 'aws-cdk-lib';

/** The stack that is deployed; nested ones come with it. */
export function topOf(stack: Stack): Stack {
  return stack.nestedStackParent === undefined ? stack : topOf(stack.nestedStackParent);
}
