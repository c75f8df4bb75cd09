import type { Finding, Rule } from './rule';

/** Lambda's limits on the fields of a layer version, from the service's API model. */
const MAX_NAME_LENGTH = 140;
const MAX_DESCRIPTION_LENGTH = 256;
const MAX_LICENSE_LENGTH = 512;
const MAX_RUNTIMES = 15;

const MAX_ARCHITECTURES = 2;
const ARCHITECTURES = ['x86_64', 'arm64'];

/** A name, or the ARN of a layer without a version. */
const LAYER_NAME = /^(?:arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:layer:)?[a-zA-Z0-9-_]+$/;

type FieldFault = Finding['fault'];

/** Fields of a layer version; undefined where they are not given, or only known at deployment. */
export interface LayerFields {
  readonly name?: string;
  readonly description?: string;
  readonly license?: string;
  readonly runtimes: readonly string[];
  readonly architectures: readonly string[];
}

/** Lambda: "failed to satisfy constraint". */
export const layerFields: Rule = {
  id: 'LayerFields',
  checkLayer: (layer) => layerFieldFaults(layer.fields).map((fault) => ({ severity: 'error', place: layer.place, fault })),
};

/**
 * Every field that Lambda would refuse.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
 */
export function layerFieldFaults(fields: LayerFields): FieldFault[] {
  const faults: FieldFault[] = [];
  if (fields.name !== undefined) {
    if (!LAYER_NAME.test(fields.name)) {
      faults.push({
        what: 'the layer name has characters that Lambda refuses',
        got: JSON.stringify(fields.name),
        allowed: 'letters, digits, hyphens and underscores',
        fix: 'change the name: `layerVersionName` where it is set, else `purpose`',
      });
    }
    if (fields.name.length > MAX_NAME_LENGTH) {
      faults.push({
        what: 'the layer name is too long',
        got: `${fields.name.length} characters: ${fields.name}`,
        allowed: `at most ${MAX_NAME_LENGTH} characters`,
        fix: 'shorten the name: `layerVersionName` where it is set, else `purpose`',
      });
    }
  }
  checkLength(faults, 'description', fields.description, MAX_DESCRIPTION_LENGTH);
  checkLength(faults, 'licence', fields.license, MAX_LICENSE_LENGTH);
  if (fields.runtimes.length > MAX_RUNTIMES) {
    faults.push({
      what: 'too many compatible runtimes',
      got: `${fields.runtimes.length}`,
      allowed: `at most ${MAX_RUNTIMES}`,
      fix: 'name only the runtimes that the functions use',
    });
  }
  const unknown = fields.architectures.filter((architecture) => !ARCHITECTURES.includes(architecture));
  if (unknown.length > 0 || fields.architectures.length > MAX_ARCHITECTURES) {
    faults.push({
      what: 'the compatible architectures are not what Lambda takes',
      got: fields.architectures.join(', '),
      allowed: `at most ${MAX_ARCHITECTURES} of ${ARCHITECTURES.join(', ')}`,
      fix: 'correct `compatibleArchitectures`',
    });
  }
  return faults;
}

function checkLength(faults: FieldFault[], field: string, value: string | undefined, limit: number): void {
  if (value !== undefined && value.length > limit) {
    faults.push({
      what: `the ${field} is too long`,
      got: `${value.length} characters`,
      allowed: `at most ${limit} characters`,
      fix: `shorten the ${field}`,
    });
  }
}
