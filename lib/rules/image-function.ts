import type { Rule } from './rule';

/** Lambda: "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image." */
export const imageFunction: Rule = {
  id: 'ImageFunction',
  checkFunction: (fn) => !fn.isImage || fn.layers.length === 0 ? [] : [{
    severity: 'error',
    place: fn.place,
    about: fn.layers,
    fault: {
      what: 'a container-image function cannot have layers',
      got: fn.layers.map((layer) => layer.name).join('\n'),
      allowed: 'layers on functions whose code is a .zip archive',
      fix: 'copy the layer\'s content to /opt when the image is built, or make it a .zip function',
    },
  }],
};
