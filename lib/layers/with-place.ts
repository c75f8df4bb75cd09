import { FaultError, renderFaults } from '../common/fault';
import { systemFault } from '../common/system-fault';

/** Works for a construct: what a user can mend becomes an Error whose message begins with the construct's path. */
export function withPlace<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const fault = systemFault(error);
    const faults = error instanceof FaultError ? error.faults : fault === undefined ? [] : [fault];
    throw faults.length === 0 ? error : new Error(renderFaults(place, faults));
  }
}
