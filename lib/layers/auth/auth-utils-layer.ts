import type { Duration, Size } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunctionRef } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { renderConfig } from './auth-config';
import { authContent, missingLibraries, servedRuntimes } from './auth-content';
import type { AuthKey } from './auth-key';
import { CONFIG_VARIABLE } from './config-variable';
import type { JwtAlgorithm } from './jwt-algorithm';
import type { LayerContent } from '../../content/layer-content';
import { ContentLayer } from '../content-layer';
import type { LayerOptions } from '../layer-options';
import { checkWiring, wire, type Wiring } from '../wire-functions';
import { withPlace } from '../with-place';

/** Properties of an `AuthUtilsLayer`. */
export interface AuthUtilsLayerProps extends LayerOptions {
  /**
   * The key that tokens are verified with.
   */
  readonly key: AuthKey;

  /**
   * The algorithms that are accepted; a token never chooses another. HMAC and public keys do not mix.
   *
   * @default - HS256 for a secret, RS256 for published keys, the key's own for a public key
   */
  readonly algorithms?: JwtAlgorithm[];

  /**
   * The `iss` that a token must have, exactly.
   *
   * @default - it is not checked; a user pool is its own issuer
   */
  readonly issuer?: string;

  /**
   * Audiences, of which a token must name one in `aud`.
   *
   * @default - they are not checked; for a user pool its clients
   */
  readonly audience?: string[];

  /**
   * How much the clocks of the issuer and of Lambda may differ, for `exp`, `nbf` and `iat`. Whole seconds.
   *
   * @default Duration.seconds(0)
   */
  readonly leeway?: Duration;

  /**
   * Whether a token must say when it ends (`exp`).
   *
   * @default true
   */
  readonly requireExpiration?: boolean;

  /**
   * Whether HMAC secrets are accepted that are shorter than their hash, which RFC 7518 (3.2) forbids: they can be guessed from one token.
   *
   * @default false
   */
  readonly allowShortSecrets?: boolean;

  /**
   * Tokens that are longer are refused unread.
   *
   * @default Size.kibibytes(16)
   */
  readonly maxTokenSize?: Size;

  /**
   * Python or Node.js content instead of the libraries that come with this one (PyJWT and cryptography, jose), such as newer versions of them
   * by your own locks.
   *
   * @default - the versions that this library's locks pin
   */
  readonly libraries?: LayerContent[];
}

/**
 * Token verification that functions share: `auth_utils` for Python, `auth-utils` for Node.js. `attachTo` gives a function the layer, its settings in
 * the environment variable `AUTH_UTILS_CONFIG`, and the permission to read the key.
 *
 * Without `compatibleRuntimes` it serves Python 3.11 to 3.14 and Node.js 22 and 24.
 */
export class AuthUtilsLayer extends ContentLayer {
  /**
   * What a function needs in its environment: for functions that `attachTo` cannot reach, such as those of a container image.
   */
  public readonly environment: { [name: string]: string };

  private readonly wiring: Wiring;

  /**
   * @throws when key, algorithms and claims do not go together, and for all that `SharedDependencyLayer` throws for
   */
  constructor(scope: Construct, id: string, props: AuthUtilsLayerProps) {
    const place = [scope.node.path, id].filter((part) => part !== '').join('/');
    const { key, config, runtimes, content, algorithms } = withPlace(place, () => {
      const rendered = renderConfig(scope, props);
      const served = servedRuntimes(props.compatibleRuntimes);
      return { ...rendered, runtimes: served, content: authContent(served, rendered.algorithms, props.libraries ?? []) };
    });
    const environment = { [CONFIG_VARIABLE]: config };
    super(scope, id, {
      ...props,
      content,
      compatibleRuntimes: runtimes,
      // A runtime that a later version of this library serves, too, makes no other layer.
      namedAfter: (props.compatibleRuntimes ?? []).map((runtime) => runtime.name),
      needs: { rule: 'AuthNotWired', environment, present: key.variable === undefined ? [] : [key.variable] },
      checkContent: (summary) => missingLibraries(summary.packages, runtimes, algorithms),
    });
    this.environment = environment;
    this.wiring = {
      environment,
      runtimes,
      access: key.grantRead === undefined ? undefined : { what: 'to read the key', method: 'grantKeyRead', grant: key.grantRead },
    };
  }

  /**
   * Adds the layer to functions, with its settings in their environment and the permission to read the key.
   *
   * @throws when a function has another runtime than the layer serves, other settings in its environment, or no role that this library can see
   */
  public attachTo(...functions: IFunctionRef[]): void {
    checkWiring(this, functions, this.wiring);
    super.attachTo(...functions);
    wire(functions, this.wiring);
  }

  /**
   * Lets somebody read the key: nothing for keys of the environment and published ones. `attachTo` does it for its functions.
   */
  public grantKeyRead(grantee: IGrantable): void {
    this.wiring.access?.grant(grantee);
  }
}
