import { Token } from 'aws-cdk-lib';
import { CfnFunction, type Function as LambdaFunction, type IFunction, type IFunctionRef, type ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { AttachedLayers } from './attached-layers';
import { renderFaults, type Fault } from '../common/fault';
import { earlyText } from '../validation/early-text';
import { installRules } from '../validation/install';

const LISTS = new WeakMap<CfnFunction, AttachedLayers>();

/**
 * Adds a layer after the others that each function has, once, or says for each that cannot take it why.
 *
 * @param identity another one when the layer version is; undefined where the ARN alone tells
 */
export function attachLayer(layer: ILayerVersion, functions: readonly IFunctionRef[], identity: string | undefined): void {
  const resources = functions.map(functionResource);
  const refused = functions.filter((_, place) => resources[place] === undefined);
  if (refused.length > 0) {
    throw new Error(refused.map((fn) => renderFaults(layer.node.path, [cannotTake(fn)])).join('\n'));
  }
  installRules(layer);
  for (const resource of resources as CfnFunction[]) {
    installRules(resource);
    // CDK moves the version for a layer that the function was made with.
    if (append(resource, layer.layerVersionArn) && !givenTo(resource).includes(layer)) {
      moveVersion(resource, identity);
    }
  }
}

/** The L1 of a function that is made in this app; of what only refers to one there is none. */
export function functionResource(fn: IFunctionRef | undefined): CfnFunction | undefined {
  const candidate = fn instanceof CfnFunction ? fn : (fn as Partial<IFunction> | undefined)?.permissionsNode?.defaultChild;
  return candidate instanceof CfnFunction ? candidate : undefined;
}

/** @returns whether the layer is new in the list */
function append(resource: CfnFunction, layerVersionArn: string): boolean {
  const { layers } = resource;
  if (layers === undefined || !Token.isUnresolved(layers)) {
    const text = earlyText(resource, layerVersionArn);
    const isNew = layers?.some((one) => earlyText(resource, one) === text) !== true;
    resource.layers = isNew ? [...layers ?? [], layerVersionArn] : layers;
    return isNew;
  }
  // Another list than ours means that somebody replaced it: then theirs is what was there before.
  let list = LISTS.get(resource);
  if (list === undefined || layers !== list.tokens) {
    list = new AttachedLayers(layers);
    LISTS.set(resource, list);
    resource.layers = list.tokens;
  }
  return list.add(layerVersionArn);
}

/** The layers that CDK's own methods added. The list itself cannot be asked: resolving it this early would keep later ones out of it. */
function givenTo(resource: CfnFunction): readonly unknown[] {
  const { _layers } = (resource.node.scope ?? {}) as { _layers?: readonly unknown[] | { get?(): readonly unknown[] } };
  return Array.isArray(_layers) ? _layers : (_layers as { get?(): readonly unknown[] } | undefined)?.get?.() ?? [];
}

/** A function version is a new one when its layer is: CDK looks at layers by a feature flag only, and at those that it added itself. */
function moveVersion(resource: CfnFunction, identity: string | undefined): void {
  const fn = resource.node.scope as Partial<LambdaFunction> | undefined;
  if (identity !== undefined) {
    fn?.invalidateVersionBasedOn?.(identity);
  }
}

function cannotTake(fn: IFunctionRef | undefined): Fault {
  return {
    what: 'this function cannot take layers',
    got: fn === undefined ? 'nothing' : `${fn.node.path}: an imported function, a version or an alias`,
    allowed: 'a function made in this app',
    fix: 'attach the layer to the function itself, where it is made',
  };
}
