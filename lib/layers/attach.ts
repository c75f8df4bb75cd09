import { CfnFunction, type Function as LambdaFunction, type IFunction, type IFunctionRef, type ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { AttachedLayers } from './attached-layers';
import { renderFaults, type Fault } from '../common/fault';
import { installRules } from '../validation/install';

const LISTS = new WeakMap<CfnFunction, AttachedLayers>();

/**
 * Adds a layer after the others that each function has, once, or says for each that cannot take it why.
 *
 * @param fingerprint changes when the layer version does; undefined where the ARN alone tells
 */
export function attachLayer(layer: ILayerVersion, functions: readonly IFunctionRef[], fingerprint: string | undefined): void {
  const resources = functions.map(resourceOf);
  const refused = functions.filter((_, place) => resources[place] === undefined);
  if (refused.length > 0) {
    throw new Error(refused.map((fn) => renderFaults(layer.node.path, [cannotTake(fn)])).join('\n'));
  }
  installRules(layer);
  for (const resource of resources as CfnFunction[]) {
    // A layer that the function was made with stays where it is.
    if (!givenTo(resource).includes(layer) && append(resource, layer.layerVersionArn)) {
      installRules(resource);
      moveVersion(resource, fingerprint);
    }
  }
}

/** The L1 of a function that is made in this app; of what only refers to one there is none. */
function resourceOf(fn: IFunctionRef): CfnFunction | undefined {
  const candidate = fn instanceof CfnFunction ? fn : (fn as Partial<IFunction>).permissionsNode?.defaultChild;
  return candidate instanceof CfnFunction ? candidate : undefined;
}

/**
 * The layers that CDK's own methods added. They cannot be asked for: resolving the property this early would keep later ones out of it.
 * Where this private field is gone, a layer that is attached as well is left out when the list is resolved.
 */
function givenTo(resource: CfnFunction): readonly unknown[] {
  const { _layers } = resource.node.scope as { _layers?: readonly unknown[] | { get?(): readonly unknown[] } };
  return Array.isArray(_layers) ? _layers : (_layers as { get?(): readonly unknown[] } | undefined)?.get?.() ?? [];
}

/**
 * Another list than ours means that somebody replaced it: then theirs is what was there before.
 *
 * @returns whether the layer is new in the list
 */
function append(resource: CfnFunction, layerVersionArn: string): boolean {
  let list = LISTS.get(resource);
  if (list === undefined || resource.layers !== list.tokens) {
    list = new AttachedLayers(resource.layers);
    LISTS.set(resource, list);
    resource.layers = list.tokens;
  }
  return list.add(layerVersionArn);
}

/** A function version is a new one when its layer is: CDK looks at layers by a feature flag only, and at those that it added itself. */
function moveVersion(resource: CfnFunction, fingerprint: string | undefined): void {
  const fn = resource.node.scope as Partial<LambdaFunction> | undefined;
  if (fingerprint !== undefined) {
    fn?.invalidateVersionBasedOn?.(fingerprint);
  }
}

function cannotTake(fn: IFunctionRef): Fault {
  return {
    what: 'this function cannot take layers',
    got: `${fn.node.path}: an imported function, a version or an alias`,
    allowed: 'a function made in this app',
    fix: 'attach the layer to the function itself, where it is made',
  };
}
