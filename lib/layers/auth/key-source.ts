import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { JwtAlgorithm } from './jwt-algorithm';
import type { Fault } from '../../common/fault';

/** Where a function finds the key, as `AuthKey` hands it to the layer. */
export interface KeySource {
  /** How messages call it, such as `AuthKey.jwks`. */
  readonly name: string;
  /** What the runtime code reads in `AUTH_UTILS_CONFIG`; values may be tokens. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Algorithms that the key can be used with; the first ones are taken when nobody says which. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** What is wrong with it. */
  readonly faults: readonly Fault[];
  /** The environment variable that holds the key, which users set. */
  readonly variable?: string;
  /** Whether the key itself says who issued a token and whom it is for. */
  readonly knowsIssuer?: boolean;
  /** Lets a function read it. */
  readonly grantRead?: (grantee: IGrantable) => void;
}
