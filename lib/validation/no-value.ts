/** Whether a resolved value takes its property out of the template. */
export function isNoValue(value: unknown): boolean {
  return value === null || (value as { Ref?: unknown } | undefined)?.Ref === 'AWS::NoValue';
}
