/**
 * One thing that is wrong, in the words a user needs to mend it.
 */
export interface Fault {
  /** What is wrong, lower case, no full stop. */
  readonly what: string;
  /** What was found. */
  readonly got?: string;
  /** What would have been right. */
  readonly allowed?: string;
  /** What to do about it. */
  readonly fix?: string;
  /** Id of the rule that it breaks. */
  readonly rule?: string;
}

/**
 * Thrown by every stage for what a user can mend. Stages know nothing of constructs;
 * whoever runs them puts the construct path (or the command's argument) in front.
 */
export class FaultError extends Error {
  public readonly faults: readonly Fault[];

  constructor(...faults: readonly Fault[]) {
    super(faults.map(renderFault).join('\n'));
    this.name = 'FaultError';
    this.faults = faults;
  }
}

/** The message of one fault, without the place it belongs to. */
export function renderFault(fault: Fault): string {
  return [
    fault.rule === undefined ? fault.what : `${fault.what} [${fault.rule}]`,
    ...(fault.got === undefined ? [] : [indent('got', fault.got)]),
    ...(fault.allowed === undefined ? [] : [indent('allowed', fault.allowed)]),
    ...(fault.fix === undefined ? [] : [indent('do', fault.fix)]),
  ].join('\n');
}

/** The whole message for faults of one place: a construct path, or an argument of the command line. */
export function renderFaults(place: string, faults: readonly Fault[]): string {
  return faults.map((fault) => `${place}: ${renderFault(fault)}`).join('\n');
}

/** Fails with every fault that was collected, or not at all. */
export function failOn(faults: readonly Fault[]): void {
  if (faults.length > 0) {
    throw new FaultError(...faults);
  }
}

/** Works, and adds to the list what the work fails with; anything but faults is thrown on. */
export function collectFaults<T>(faults: Fault[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof FaultError) {
      faults.push(...error.faults);
      return undefined;
    }
    throw error;
  }
}

function indent(label: string, text: string): string {
  return `  ${label}: ${text.trimEnd().split('\n').join('\n    ')}`;
}
