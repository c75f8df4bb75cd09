import { createHash } from 'node:crypto';
import type { CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import { PropertyReader } from '../validation/properties';
import { registrationOf } from '../validation/registration';
import { textOf } from '../validation/text-of';

/** Enough to tell a layer's versions from each other. */
const LENGTH = 16;

/** Lambda never changes a layer version: another value of any of these gives a new one. */
const PROPERTIES = ['LayerName', 'Description', 'LicenseInfo', 'CompatibleRuntimes', 'CompatibleArchitectures'];

/**
 * The same as long as CloudFormation does not replace a layer version; what is only known at deployment counts by its name. CDK keeps the first
 * value of what is `Lazy`, so that this is for when all constructs are made.
 */
export function fingerprintOf(layer: CfnLayerVersion): string {
  const properties = new PropertyReader().of(layer);
  const values = PROPERTIES.map((name) => properties.get(name));
  return digestOf([registrationOf(layer)?.summary?.digest, ...values.map((value) => Array.isArray(value) ? value.map(textOf) : textOf(value))]);
}

export function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, LENGTH);
}
