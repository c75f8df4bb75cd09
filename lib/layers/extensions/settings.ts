import { Token, type Duration } from 'aws-cdk-lib';
import { FaultError, type Fault } from '../../common/fault';

/** Lambda's own API listens there. */
const LAMBDA_PORT = 9001;

export function emptyFaults(prop: string, list: readonly unknown[], fix: string): Fault[] {
  return list.length > 0 ? [] : [{ what: `\`${prop}\` names nothing`, got: '[]', allowed: 'at least one', fix }];
}

export function portFaults(port: number): Fault[] {
  const isFree = Number.isInteger(port) && port >= 1024 && port <= 65535 && port !== LAMBDA_PORT;
  return Token.isUnresolved(port) || isFree ? [] : [{
    what: '`port` cannot be listened on', got: String(port), allowed: `1024 to 65535, but ${LAMBDA_PORT}, which Lambda uses`,
    fix: 'choose another port',
  }];
}

/** Whole seconds, at least one. */
export function refreshSeconds(refresh: Duration | undefined, otherwise: number): number {
  return wholeSeconds('refresh', refresh) ?? otherwise;
}

export function wholeSeconds(prop: string, duration: Duration | undefined): number | undefined {
  if (duration === undefined) {
    return undefined;
  }
  const seconds = duration.isUnresolved() ? NaN : duration.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new FaultError({
      what: `\`${prop}\` is no time that the extension can keep`,
      got: duration.isUnresolved() ? 'a time that is only known at deployment' : String(duration),
      allowed: 'whole seconds, at least one, that are known at synth',
      fix: 'give a time such as Duration.minutes(5)',
    });
  }
  return seconds;
}
