import { type CfnResource, DefaultTokenResolver, Tokenization, type IPostProcessor, type IResolvable, type IResolveContext } from 'aws-cdk-lib';
import { CfnFunction, CfnLayerVersion, CfnLayerVersionPermission } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { layerBehind } from './registration';
import { textOf } from './text-of';

/** Looks like an intrinsic function, so that CDK lets it pass where a template would have one. */
export const LAYER_KEY = 'Fn::LayerVersion';

/** Values of a resource's properties by their CloudFormation names, with tokens resolved. */
export interface Properties {
  get(name: string): unknown;
}

/**
 * Reads properties as the template will have them, but for one thing: a reference to a layer version tells which construct that is.
 * Nothing is made by looking, as a reference across stacks would.
 */
export class PropertyReader {
  private readonly seen = new Map<string, CfnResource>();
  private readonly resolver = new LayerNamingResolver((layer) => this.seen.set(layer.node.path, layer));

  public of(resource: CfnResource): Properties {
    const typed = resource instanceof CfnFunction || resource instanceof CfnLayerVersion || resource instanceof CfnLayerVersionPermission;
    const isOverridden = overrides(resource);
    const rendered = (): Record<string, unknown> => (all ??= this.render(resource));
    let all: Record<string, unknown> | undefined;
    return {
      // Rendering a whole resource costs ten times what one property does.
      get: (name) => typed && !isOverridden(name)
        ? this.resolve(resource, (resource as unknown as Record<string, unknown>)[camelCase(name)])
        : rendered()[name],
    };
  }

  /** The layer version that a resolved value names. */
  public layerAt(value: unknown): CfnResource | undefined {
    return this.seen.get((value as Record<string, string>)[LAYER_KEY]);
  }

  public resolve(scope: IConstruct, value: unknown): unknown {
    return value === undefined ? undefined : Tokenization.resolve(value, { scope, resolver: this.resolver, preparing: false });
  }

  private render(resource: CfnResource): Record<string, unknown> {
    // Marked as internal, and what `Template.fromStack` and every synthesizer see.
    const fragment = (resource as unknown as { _toCloudFormation(): unknown })._toCloudFormation();
    const { Resources } = this.resolve(resource, fragment) as { Resources: Record<string, { Properties?: Record<string, unknown> }> };
    return Object.values(Resources)[0].Properties ?? {};
  }
}

/** What `addPropertyOverride` was called for. It is no public property: where it is gone, everything is taken for overridden. */
function overrides(resource: CfnResource): (name: string) => boolean {
  const { rawOverrides } = resource as unknown as { rawOverrides?: { Properties?: object } };
  const names = rawOverrides === undefined ? undefined : Object.keys(rawOverrides.Properties ?? {});
  return (name) => names?.includes(name) ?? true;
}

class LayerNamingResolver extends DefaultTokenResolver {
  constructor(private readonly onLayer: (layer: CfnResource) => void) {
    super({ join: (left: unknown, right: unknown) => `${textOf(left)}${textOf(right)}` });
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    const layer = layerBehind(token);
    if (layer === undefined) {
      return super.resolveToken(token, context, postProcessor);
    }
    this.onLayer(layer);
    return { [LAYER_KEY]: layer.node.path };
  }
}

function camelCase(name: string): string {
  return name[0].toLowerCase() + name.slice(1);
}
