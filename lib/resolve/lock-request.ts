import type { PythonContentSpec } from '../content/content-spec';
import type { Target } from '../target/target';

/** What a format's reader needs to know. */
export interface LockRequest {
  /** Absolute path of the lock. */
  readonly lockPath: string;
  readonly spec: PythonContentSpec;
  readonly target: Target;
}
