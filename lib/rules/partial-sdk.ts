import type { Rule } from './rule';

/** They call each other's internals, so that versions of different days fail in ways that no message explains. */
const AWS_SDK = ['boto3', 'botocore', 's3transfer'];

/** Some of the AWS SDK comes from layers and the rest from the runtime, which updates it without notice. */
export const partialSdk: Rule = {
  id: 'PartialSdk',
  checkFunction: (fn) => {
    const holders = fn.layers.flatMap((layer) => (layer.content?.packages ?? [])
      .filter((one) => AWS_SDK.includes(one.name.toLowerCase()))
      .map((one) => ({ layer, name: one.name.toLowerCase(), version: one.version })));
    const unknown = fn.layers.some((layer) => layer.content?.packages === undefined);
    const missing = AWS_SDK.filter((name) => !holders.some((holder) => holder.name === name));
    return holders.length === 0 || missing.length === 0 || !(fn.runtime ?? '').startsWith('python') ? [] : [{
      severity: 'warning',
      place: holders[0].layer.place ?? fn.place,
      about: holders.map((holder) => holder.layer),
      seenIn: fn.place,
      fault: {
        what: 'a part of the AWS SDK comes from layers and the rest from the runtime',
        got: [
          ...holders.map(({ name, version, layer }) => `${name} ${version} of ${layer.name}`),
          `${missing.join(', ')} of the runtime${unknown ? ', or of a layer whose packages are not known' : ''}`,
        ].join('\n'),
        allowed: `${AWS_SDK.join(', ')}: all of them, or none`,
        fix: 'add boto3 to the layer\'s requirements, or leave the SDK to the runtime (slim: { awsSdk: true })',
      },
    }];
  },
};
