import { createHash } from 'node:crypto';
import type { CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import { PropertyReader } from '../validation/properties';
import { textOf } from '../validation/text-of';

/** Enough to tell a layer's versions from each other. */
const LENGTH = 16;

/** Lambda never changes a layer version: another value of any of these gives a new one. */
const PROPERTIES = ['LayerName', 'Description', 'LicenseInfo', 'CompatibleRuntimes', 'CompatibleArchitectures'];

/** The same as long as CloudFormation does not replace a layer version; what is only known at deployment counts by its name. */
export function fingerprintOf(layer: CfnLayerVersion): string {
  const properties = new PropertyReader().of(layer);
  const { s3Key, S3Key } = properties.get('Content') as { s3Key?: unknown; S3Key?: unknown };
  const values = [s3Key ?? S3Key, ...PROPERTIES.map((name) => properties.get(name))];
  const parts = values.map((value) => Array.isArray(value) ? value.map(textOf) : textOf(value));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, LENGTH);
}
