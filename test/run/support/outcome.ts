/** How an invocation ended. */
export type Outcome =
  /** The handler returned. */
  | 'answer'
  /** The handler raised. */
  | 'function error'
  /** The function, its runtime or an extension of a layer did not start. */
  | 'init error'
  | 'timeout'
  /** The process ended while it was at it. */
  | 'crash';

/**
 * What the emulator saw of an invocation. Its answers alone do not tell: a handler may return what looks like an error, and a timeout
 * is answered with status 200.
 *
 * @param emulatorLog what the emulator wrote since the event was sent, at log level debug
 */
export function outcomeOf(status: number, body: string, emulatorLog: string): Outcome {
  if (/POST \S+\/runtime\/init\/error[, ]|INIT RTDONE\(status: error\)|Extension\.\w+|LaunchError/.test(emulatorLog)) {
    return 'init error';
  }
  if (/POST \S+\/runtime\/invocation\/[\w-]+\/error[, ]/.test(emulatorLog)) {
    return 'function error';
  }
  if (status === 200 && /POST \S+\/runtime\/invocation\/[\w-]+\/response[, ]/.test(emulatorLog)) {
    return 'answer';
  }
  return /^Task timed out after /.test(body) ? 'timeout' : 'crash';
}
