import {
  DefaultTokenResolver, Token, Tokenization, type CfnResource, type IPostProcessor, type IResolvable, type IResolveContext,
} from 'aws-cdk-lib';
import { CfnFunction, CfnLayerVersion, CfnLayerVersionPermission } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { layerBehind } from './registration';
import { TEXT_CONCATENATOR } from './text-of';

/** Looks like an intrinsic function, so that CDK lets it pass where a template would have one. */
const LAYER_KEY = 'Fn::LayerVersion';

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
  private readonly arns = new Map<string, unknown>();
  private readonly resolver = new LayerNamingResolver((layer) => this.seen.set(layer.node.path, layer));

  public of(resource: CfnResource): Properties {
    const typed = resource instanceof CfnFunction || resource instanceof CfnLayerVersion || resource instanceof CfnLayerVersionPermission;
    const overrides = propertyOverrides(resource);
    const own = (name: string): unknown => this.resolve(resource, (resource as unknown as Record<string, unknown>)[camelCase(name)]);
    let rendered: Record<string, unknown> | undefined;
    return {
      get: (name) => {
        const override = overrides?.[name];
        if (override !== undefined && (typeof override !== 'object' || Array.isArray(override))) {
          return this.resolve(resource, override);
        }
        if (typed && overrides !== undefined && !(name in overrides)) {
          return own(name);
        }
        const places = typed ? placesOf(override) : undefined;
        const list = places === undefined ? undefined : own(name);
        if (places !== undefined && Array.isArray(list)) {
          const merged = [...list];
          places.forEach(([place, value]) => { merged[place] = this.resolve(resource, value); });
          return merged;
        }
        // What merges into a value, takes it away, or cannot be asked for needs the whole resource, which costs ten times as much.
        rendered ??= this.render(resource);
        return rendered[name];
      },
    };
  }

  /** The layer version that a resolved value names. */
  public layerAt(value: unknown): CfnResource | undefined {
    return this.seen.get((value as Record<string, string> | undefined)?.[LAYER_KEY] ?? '');
  }

  /**
   * Resolves a value. What most apps have in thousands, plain values and the ARNs of the same few layers, is done here: CDK's own way costs
   * several times as much.
   */
  public resolve(scope: IConstruct, value: unknown): unknown {
    if (typeof value === 'string') {
      return this.arns.get(value) ?? (Token.isUnresolved(value) ? this.resolveText(scope, value) : value);
    }
    if (Array.isArray(value)) {
      return Token.isUnresolved(value) ? this.resolveToken(scope, Tokenization.reverseList(value)) : value.map((one) => this.resolve(scope, one));
    }
    if (isPlain(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.resolve(scope, member)]));
    }
    return typeof value === 'object' || Token.isUnresolved(value) ? this.resolveByCdk(scope, value) : value;
  }

  private resolveText(scope: IConstruct, text: string): unknown {
    const resolved = this.resolveByCdk(scope, text);
    // Only what stands for a layer means the same wherever it is read.
    if (this.layerAt(resolved) !== undefined) {
      this.arns.set(text, resolved);
    }
    return resolved;
  }

  private resolveToken(scope: IConstruct, token: IResolvable | undefined): unknown {
    return token === undefined ? undefined : this.resolve(scope, token.resolve({
      scope, preparing: false, documentPath: [], registerPostProcessor: () => undefined, resolve: (one) => this.resolve(scope, one),
    }));
  }

  private resolveByCdk(scope: IConstruct, value: unknown): unknown {
    return Tokenization.resolve(value, { scope, resolver: this.resolver, preparing: false });
  }

  private render(resource: CfnResource): Record<string, unknown> {
    // Marked as internal, and what `Template.fromStack` and every synthesizer see.
    const fragment = (resource as unknown as { _toCloudFormation(): unknown })._toCloudFormation();
    const { Resources } = this.resolveByCdk(resource, fragment) as { Resources: Record<string, { Properties?: Record<string, unknown> }> };
    return Object.values(Resources)[0].Properties ?? {};
  }
}

/**
 * Properties of a resource whose assembly is not synthesised yet: only what is written out. CDK keeps the first value of what is lazy, and its
 * aspects have not run.
 */
export class UnevaluatedProperties implements Properties {
  constructor(private readonly resource: CfnResource) {}

  public get(name: string): unknown {
    const value = propertyOverrides(this.resource)?.[name] ?? (this.resource as unknown as Record<string, unknown>)[camelCase(name)];
    return value === undefined || (typeof value === 'string' && !Token.isUnresolved(value)) ? value : { Ref: `${this.resource.node.path} ${name}` };
  }
}

/** What `addPropertyOverride` was called with; undefined where CDK does not say it: it is no public property. */
function propertyOverrides(resource: CfnResource): Readonly<Record<string, unknown>> | undefined {
  const { rawOverrides } = resource as unknown as { rawOverrides?: { Properties?: Record<string, unknown> } };
  return rawOverrides === undefined ? undefined : rawOverrides.Properties ?? {};
}

/** Members that are tokens are resolved; names that are tokens are CDK's matter. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    && !Token.isUnresolved(value) && !Object.keys(value).some((key) => Token.isUnresolved(key));
}

/** Places of a list and what an override puts there; undefined for overrides of any other kind. */
function placesOf(override: unknown): [number, unknown][] | undefined {
  const entries = typeof override === 'object' && override !== null ? Object.entries(override) : [];
  const arePlaces = entries.length > 0 && entries.every(([key, value]) => /^\d+$/.test(key) && value !== undefined);
  return arePlaces ? entries.map(([key, value]) => [Number(key), value]) : undefined;
}

class LayerNamingResolver extends DefaultTokenResolver {
  constructor(private readonly onLayer: (layer: CfnResource) => void) {
    super(TEXT_CONCATENATOR);
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
