import { Token } from 'aws-cdk-lib';
import type { Fault } from '../common/fault';

/** Lambda's limits on the fields of a layer version, from the service's API model. */
const MAX_NAME_LENGTH = 140;
const MAX_DESCRIPTION_LENGTH = 256;
const MAX_LICENSE_LENGTH = 512;
const MAX_RUNTIMES = 15;

const RULE = 'LayerFields';

export interface LayerFields {
  readonly name?: string;
  readonly description?: string;
  readonly license?: string;
  readonly runtimes: readonly string[];
}

/**
 * Every field that Lambda would refuse. Values that are only known at deployment are left to it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
 */
export function checkLayerFields(fields: LayerFields): Fault[] {
  const faults: Fault[] = [];
  if (fields.name !== undefined && !Token.isUnresolved(fields.name)) {
    if (!/^[a-zA-Z0-9-_]*$/.test(fields.name) || fields.name.length === 0) {
      faults.push({
        rule: RULE,
        what: 'the layer name has characters that Lambda refuses',
        got: JSON.stringify(fields.name),
        allowed: 'letters, digits, hyphens and underscores',
        fix: 'change `purpose` or `layerVersionName`',
      });
    }
    if (fields.name.length > MAX_NAME_LENGTH) {
      faults.push({
        rule: RULE,
        what: 'the layer name is too long',
        got: `${fields.name.length} characters: ${fields.name}`,
        allowed: `at most ${MAX_NAME_LENGTH} characters`,
        fix: 'shorten `purpose`, choose LayerNaming.byPurpose(), or give `layerVersionName`',
      });
    }
  }
  checkLength(faults, 'description', fields.description, MAX_DESCRIPTION_LENGTH);
  checkLength(faults, 'license', fields.license, MAX_LICENSE_LENGTH);
  if (fields.runtimes.length > MAX_RUNTIMES) {
    faults.push({
      rule: RULE,
      what: 'too many compatible runtimes',
      got: `${fields.runtimes.length}`,
      allowed: `at most ${MAX_RUNTIMES}`,
      fix: 'name only the runtimes that the functions use',
    });
  }
  return faults;
}

function checkLength(faults: Fault[], field: string, value: string | undefined, limit: number): void {
  if (value !== undefined && !Token.isUnresolved(value) && value.length > limit) {
    faults.push({
      rule: RULE,
      what: `\`${field}\` is too long`,
      got: `${value.length} characters`,
      allowed: `at most ${limit} characters`,
      fix: `shorten \`${field}\``,
    });
  }
}
