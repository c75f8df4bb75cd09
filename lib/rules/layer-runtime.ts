import { severityFor, type Rule } from './rule';

/** A layer that does not declare the function's runtime. Lambda takes it, and the imports fail. */
export const layerRuntime: Rule = {
  id: 'LayerRuntime',
  checkFunction: ({ place, runtime, layers }) => runtime === undefined ? [] : layers
    .filter((layer) => layer.runtimes !== undefined && !layer.runtimes.includes(runtime))
    .map((layer) => ({
      severity: severityFor(layer),
      place,
      about: [layer],
      fault: {
        what: 'a layer is not made for the function\'s runtime',
        got: `the function is ${runtime}; ${layer.name} declares ${layer.runtimes!.join(', ')}`,
        allowed: 'a layer that declares the function\'s runtime',
        fix: layer.isOurs
          ? `add ${runtime} to the layer's \`compatibleRuntimes\`: it is then built for it, too`
          : `give the function a layer that is made for ${runtime}`,
      },
    })),
};
