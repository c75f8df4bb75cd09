import { CfnFunction, type Function as LambdaFunction, type IFunction, type IFunctionRef, type ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { AttachedLayers } from './attached-layers';
import { renderFaults, type Fault } from '../common/fault';
import { installRules } from '../validation/install';
import { lists } from '../validation/layer-list';

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
    // A layer that is there already stays where it is.
    if (!lists(resource, layer)) {
      installRules(resource);
      append(resource, layer.layerVersionArn);
      moveVersion(resource, fingerprint);
    }
  }
}

/** The L1 of a function that is made in this app; of what only refers to one there is none. */
function resourceOf(fn: IFunctionRef): CfnFunction | undefined {
  const candidate = fn instanceof CfnFunction ? fn : (fn as Partial<IFunction>).permissionsNode?.defaultChild;
  return candidate instanceof CfnFunction ? candidate : undefined;
}

/** Another list means that somebody replaced ours: then theirs is what was there before. */
function append(resource: CfnFunction, layerVersionArn: string): void {
  let list = LISTS.get(resource);
  if (list === undefined || resource.layers !== list.tokens) {
    list = new AttachedLayers(resource.layers);
    LISTS.set(resource, list);
    resource.layers = list.tokens;
  }
  list.add(layerVersionArn);
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
