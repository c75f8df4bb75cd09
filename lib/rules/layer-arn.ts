import type { Rule } from './rule';

/** Lambda: "failed to satisfy constraint: Member must satisfy regular expression pattern". */
export const layerArn: Rule = {
  id: 'LayerArn',
  checkFunction: (fn) => fn.layers.filter((layer) => layer.isMalformed).map((layer) => ({
    severity: 'error',
    place: fn.place,
    about: [layer],
    fault: {
      what: 'a layer of the function is no ARN of a layer version',
      got: layer.name,
      allowed: 'arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION, with the version at the end',
      fix: 'write the whole ARN; Lambda has no "latest" version of a layer',
    },
  })),
};
