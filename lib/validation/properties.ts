import { type CfnResource, DefaultTokenResolver, Tokenization, type IPostProcessor, type IResolvable, type IResolveContext } from 'aws-cdk-lib';
import { CfnFunction, CfnLayerVersion, CfnLayerVersionPermission } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { layerBehind } from './registration';

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

/** Text with `<what is only known at deployment>`, which no literal part of an ARN can be taken for. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value !== 'object') {
    return String(value).replace(/\$\{([^}]*)\}/g, (_, name: string) => placeholder(name));
  }
  const [[key, content]] = [...Object.entries(value), ['', undefined] as const];
  if (key === 'Fn::Join' && Array.isArray(content) && content[0] === '' && Array.isArray(content[1])) {
    return content[1].map(textOf).join('');
  }
  if (key === 'Fn::Sub' && typeof content === 'string') {
    return textOf(content);
  }
  return placeholder(key === 'Ref' ? String(content) : JSON.stringify(value));
}

/** Stands for a colon that separates no parts of an ARN. */
const COLON = '\u2236';

function placeholder(name: string): string {
  return `<${name.replace(/:/g, COLON).replace(/[<>]/g, '')}>`;
}

/** Text as `textOf` wrote it, for people. */
export function shown(text: string): string {
  return text.replace(/<([^<>]*)>/g, (_, name: string) => name.startsWith('{') ? name : `\${${name}}`).replaceAll(COLON, ':');
}

function camelCase(name: string): string {
  return name[0].toLowerCase() + name.slice(1);
}
