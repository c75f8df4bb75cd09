import type { Rule } from './rule';
import type { ManifestPackage } from '../inspect/manifest';

/** Code of a package ran on the machine that synthesised, and no wheel's digest vouches for the result. */
export const sourceBuild: Rule = {
  id: 'SourceBuild',
  checkLayer: (layer) => {
    const built = (layer.content?.packages ?? []).filter((one) => one.sourceBuild && isPublished(one));
    return built.length === 0 ? [] : [{
      severity: 'warning',
      place: layer.place,
      fault: {
        what: 'packages of the layer are built from source at synth',
        got: built.map((one) => `${one.name} ${one.version}`).join(', '),
        allowed: 'wheels, whose digests the lock names',
        fix: 'ask for a version that ships a wheel, or keep a wheel in an index of your own; else acknowledge it',
      },
    }];
  },
};

/** A user's own project has no artefact, and its code is the user's. */
function isPublished({ artifact, sha256 }: ManifestPackage): boolean {
  return artifact !== undefined || sha256 !== undefined;
}
