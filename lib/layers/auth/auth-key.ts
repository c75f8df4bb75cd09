import { Aws, Token, type Duration } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { CONFIG_VARIABLE } from './config-variable';
import { isShared, JwtAlgorithm } from './jwt-algorithm';
import type { KeySource } from './key-source';
import { algorithmsOf } from './public-key';
import { collectFaults, type Fault } from '../../common/fault';
import { RESERVED_VARIABLES, VARIABLE_NAME } from '../../target/reserved-variables';
import { grantParameterRead, parameterName, secretId } from '../stored-values';

/** Options of a key that is fetched from Secrets Manager or Parameter Store. */
export interface FetchedKeyOptions {
  /**
   * Member of the JSON object in the secret that holds the key.
   *
   * @default - the whole value is the key
   */
  readonly field?: string;

  /**
   * How long a function keeps the key before it fetches it again. A bad signature makes it look earlier, at most every 30 seconds.
   *
   * @default Duration.minutes(5)
   */
  readonly cacheTtl?: Duration;

  /**
   * How long after a rotation tokens are accepted that the previous key has signed.
   *
   * @default - not at all
   */
  readonly overlap?: Duration;
}

/** Options of keys that a server publishes. */
export interface JwksOptions {
  /**
   * How long a function keeps the keys before it fetches them again. While the server fails, the last good ones stay in use.
   *
   * @default Duration.minutes(10)
   */
  readonly cacheTtl?: Duration;

  /**
   * Shortest time between two fetches that tokens with an unknown key id cause.
   *
   * @default Duration.seconds(30)
   */
  readonly cooldown?: Duration;
}

/** What a token of a user pool is for. */
export enum TokenUse {
  /** It grants access to an API. */
  ACCESS = 'access',
  /** It says who somebody is. */
  ID = 'id',
}

/** Options of tokens that a Cognito user pool issues. */
export interface UserPoolKeyOptions extends JwksOptions {
  /**
   * The tokens that are accepted.
   *
   * @default - access and id tokens
   */
  readonly tokenUse?: TokenUse[];
}

/** What both languages fetch alike. */
const JWKS_URL = /^https:\/\/(?:[\w.-]+|\[[\w:.]+\])(?::\d+)?(?:\/[!"$-~]*)?$/;

const ALGORITHMS = Object.values(JwtAlgorithm);
const PUBLIC = ALGORITHMS.filter((algorithm) => !isShared(algorithm));

/** Cognito signs with nothing else. */
const USER_POOL = [JwtAlgorithm.RS256];

/** The key that tokens are verified with, and how a function comes by it. */
export class AuthKey {
  /**
   * A variable of the function's environment, which you set: the HMAC secret, or a public key in PEM. Whoever may read the function's configuration
   * can read it; `secret` and `parameter` keep it out of there.
   */
  public static environment(name: string): AuthKey {
    const isTaken = [CONFIG_VARIABLE, ...RESERVED_VARIABLES].includes(name);
    const faults: Fault[] = Token.isUnresolved(name) || (VARIABLE_NAME.test(name) && !isTaken) ? [] : [{
      what: isTaken ? 'the environment variable is not yours to set' : 'this is no name of an environment variable',
      got: JSON.stringify(name),
      allowed: 'letters, digits and _, at least two, a letter first, none that Lambda or this layer sets',
      fix: 'take a name such as JWT_SECRET',
    }];
    return new AuthKey({ name: 'AuthKey.environment', config: { type: 'environment', name }, algorithms: ALGORITHMS, faults, variable: name });
  }

  /** A secret of Secrets Manager: the HMAC secret, or a public key in PEM. Functions are granted to read it and its KMS key. */
  public static secret(secret: ISecret, options: FetchedKeyOptions = {}): AuthKey {
    return new AuthKey({
      name: 'AuthKey.secret',
      config: { type: 'secret', id: secretId(secret), ...fetching(options) },
      algorithms: ALGORITHMS,
      faults: fetchingFaults(options),
      grantRead: (grantee) => secret.grantRead(grantee),
    });
  }

  /**
   * A SecureString of Parameter Store: the HMAC secret, or a public key in PEM. Functions are granted to read it, and its KMS key when the parameter
   * was made or imported with one.
   */
  public static parameter(parameter: IParameter, options: FetchedKeyOptions = {}): AuthKey {
    return new AuthKey({
      name: 'AuthKey.parameter',
      config: { type: 'parameter', name: parameterName(parameter), ...fetching(options) },
      algorithms: ALGORITHMS,
      faults: fetchingFaults(options),
      grantRead: (grantee) => grantParameterRead(parameter, grantee),
    });
  }

  /**
   * Keys that a server publishes as a JSON Web Key Set (RFC 7517). Functions need a way to it, and no permission.
   *
   * @param url of the key set, https
   */
  public static jwks(url: string, options: JwksOptions = {}): AuthKey {
    return new AuthKey({
      name: 'AuthKey.jwks',
      config: { type: 'jwks', url, ...publishing(options) },
      algorithms: PUBLIC,
      faults: [...urlFaults(url), ...publishingFaults(options)],
    });
  }

  /** Tokens that a Cognito user pool issues to some of its clients. It says who issues them and whom they are for. */
  public static userPool(pool: IUserPool, clients: IUserPoolClient[], options: UserPoolKeyOptions = {}): AuthKey {
    const faults: Fault[] = clients.length > 0 ? [] : [{
      what: 'no client of the user pool is named', got: '[]', allowed: 'at least one', fix: 'name the clients whose tokens are accepted',
    }];
    return new AuthKey({
      name: 'AuthKey.userPool',
      config: {
        type: 'userPool',
        issuer: `https://cognito-idp.${pool.env.region}.${Aws.URL_SUFFIX}/${pool.userPoolId}`,
        clients: clients.map((client) => client.userPoolClientId),
        ...options.tokenUse === undefined ? {} : { tokenUse: options.tokenUse },
        ...publishing(options),
      },
      algorithms: USER_POOL,
      faults: [...faults, ...tokenUseFaults(options), ...publishingFaults(options)],
      knowsIssuer: true,
    });
  }

  /**
   * A public key in PEM (`BEGIN PUBLIC KEY`), which becomes a part of the functions' environment.
   */
  public static publicKey(pem: string): AuthKey {
    const faults: Fault[] = [];
    const algorithms = Token.isUnresolved(pem) ? PUBLIC : collectFaults(faults, () => algorithmsOf(pem)) ?? PUBLIC;
    return new AuthKey({ name: 'AuthKey.publicKey', config: { type: 'publicKey', pem }, algorithms, faults });
  }

  private constructor(private readonly source: KeySource) {}

  /**
   * The key as the layer needs it.
   *
   * @internal
   */
  public _render(): KeySource {
    return this.source;
  }
}

function fetching({ field, cacheTtl, overlap }: FetchedKeyOptions): Record<string, unknown> {
  return { ...optional('field', field), ...optional('ttl', cacheTtl?.toSeconds()), ...optional('overlap', overlap?.toSeconds()) };
}

function publishing({ cacheTtl, cooldown }: JwksOptions): Record<string, unknown> {
  return { ...optional('ttl', cacheTtl?.toSeconds()), ...optional('cooldown', cooldown?.toSeconds()) };
}

function optional(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

function fetchingFaults({ field, cacheTtl }: FetchedKeyOptions): Fault[] {
  const empty: Fault[] = field !== '' ? [] : [{
    what: 'the field of the secret has no name', got: '""', allowed: 'the name of a member of the JSON object', fix: 'name it, or leave `field` out',
  }];
  return [...empty, ...zeroFaults('cacheTtl', cacheTtl)];
}

function publishingFaults({ cacheTtl, cooldown }: JwksOptions): Fault[] {
  return [...zeroFaults('cacheTtl', cacheTtl), ...zeroFaults('cooldown', cooldown)];
}

/** Every token would make a call. */
function zeroFaults(name: string, value: Duration | undefined): Fault[] {
  return value === undefined || value.isUnresolved() || value.toSeconds() >= 1 ? [] : [{
    what: `\`${name}\` is too short`, got: value.toHumanString(), allowed: 'at least a second', fix: 'leave it out, or take some minutes',
  }];
}

function tokenUseFaults({ tokenUse }: UserPoolKeyOptions): Fault[] {
  return tokenUse?.length !== 0 ? [] : [{
    what: 'no token of the user pool would be accepted', got: 'tokenUse: []', allowed: 'at least one', fix: 'leave `tokenUse` out for both',
  }];
}

function urlFaults(url: string): Fault[] {
  if (Token.isUnresolved(url) || JWKS_URL.test(url)) {
    return [];
  }
  const { protocol, username, password } = URL.canParse(url) ? new URL(url) : {};
  return [{
    what: 'the key set cannot be fetched from there safely',
    got: protocol === undefined ? 'no URL' : protocol !== 'https:' ? `a URL with ${protocol}` : username !== '' || password !== ''
      ? 'a URL with credentials' : url,
    allowed: 'https:// with host and path in ASCII, without user, password and fragment',
    fix: 'give the `jwks_uri` of the issuer, such as https://issuer.example/.well-known/jwks.json',
  }];
}
