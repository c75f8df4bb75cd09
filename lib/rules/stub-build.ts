import type { Rule } from './rule';

/** A placeholder that is about to be deployed: its archive does not exist. */
export const stubBuild: Rule = {
  id: 'StubBuild',
  checkLayer: (layer, app) => !layer.isStub || !app.isForDeployment ? [] : [{
    severity: 'error',
    place: layer.place,
    fault: {
      what: 'the layer is a stub, and the CDK CLI is about to use it',
      got: 'BundlingMode.STUB, from the prop, the context or the environment',
      allowed: 'a layer that was built',
      fix: 'take the stub mode out of what `cdk` runs; keep it in unit tests',
    },
  }],
};
