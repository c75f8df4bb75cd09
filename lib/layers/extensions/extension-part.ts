import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { ContentSpec, ProgramSource } from '../../content/content-spec';
import type { LayerWatch } from '../../validation/registration';

/** What one extension brings into a layer, and what functions with it need. */
export interface ExtensionPart {
  /** Of its file in `/opt/extensions`. */
  readonly name: string;
  /** Undefined for a ready-made extension: all of a layer are one program. */
  readonly source?: ProgramSource;
  /** What lies beside it in the layer. */
  readonly contents: readonly ContentSpec[];
  /** Variables of a function with it, which may hold tokens. */
  readonly environment?: (scope: IConstruct) => Readonly<Record<string, string>>;
  /** Of 127.0.0.1, where functions ask it for values; the layer has clients for that. */
  readonly port?: number;
  /** What it knows of other layers. */
  readonly watch?: LayerWatch;
  /** Permissions that a function with it needs; undefined for none. */
  readonly grant?: (grantee: IGrantable) => void;
}

/** Where the extensions of a layer listen. */
export function portsOf(parts: readonly ExtensionPart[]): { extension: string; port: number }[] {
  return parts.flatMap(({ name, port }) => port === undefined ? [] : [{ extension: name, port }]);
}
