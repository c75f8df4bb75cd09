import { ContextKey } from './context';
import { BundlingMode } from './layer-bundling-options';

/**
 * Helpers for the unit tests of apps that use layers.
 */
export class LayerTesting {
  /**
   * Context that makes every layer of an app a stub: nothing is built, fetched or read from the cache, and templates are the same on every
   * machine. Give it to `App`, or spread it into the context that is there.
   */
  public static stubContext(): Record<string, any> {
    return { [ContextKey.BUNDLING]: BundlingMode.STUB };
  }

  /**
   * A copy of a template without what changes with the bytes of assets: their hashes, the hashes in the logical ids of function versions, and
   * the fingerprints in the names of layers' parameters. For tests that build real layers, or have other assets.
   *
   * @param template a template, as `Template.fromStack(stack).toJSON()` gives it
   */
  public static normalizeAssets(template: Record<string, any>): Record<string, any> {
    const text = JSON.stringify(template)
      .replace(/[0-9a-f]{64}/g, 'asset-hash')
      .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}\b/g, '$1version-hash')
      .replace(/(\\"\d+-)[0-9a-f]{12}(?=\.json\\")/g, '$1digest')
      .replace(/(\/cdk-lambda-layers\/[^/"]+\/[^/"]+\/|"LayerArn\w+?)[0-9a-f]{16}(?=")/g, '$1fingerprint');
    return JSON.parse(text) as Record<string, any>;
  }

  private constructor() {}
}
