import type { Construct } from 'constructs';
import type { AuthKey } from './auth-key';
import type { AuthUtilsLayerProps } from './auth-utils-layer';
import { isShared, JwtAlgorithm } from './jwt-algorithm';
import type { KeySource } from './key-source';
import { failOn, type Fault } from '../../common/fault';
import { jsonText } from '../json-text';

const SHORTEST_TOKEN_LIMIT = 256;

export interface AuthConfig {
  readonly key: KeySource;
  /** JSON, with tokens where values are only known at deployment. */
  readonly config: string;
  readonly algorithms: readonly JwtAlgorithm[];
}

/** The settings of the runtime code, or all that is wrong with them. */
export function renderConfig(scope: Construct, props: AuthUtilsLayerProps): AuthConfig {
  // Callers without types leave it out, or give a name.
  failOn(typeof (props.key as Partial<AuthKey> | undefined)?._render === 'function' ? [] : [{
    what: '`key` is missing or no AuthKey',
    got: JSON.stringify(props.key) ?? 'nothing',
    allowed: 'AuthKey.environment(…), AuthKey.secret(…) and so on',
    fix: 'say where the key is, such as `key: AuthKey.environment(\'JWT_SECRET\')`',
  }]);
  const key = props.key._render();
  const algorithms = props.algorithms ?? usualAlgorithms(key);
  failOn([...key.faults, ...algorithmFaults(key, algorithms), ...claimFaults(key, props), ...limitFaults(props)]);
  const config = {
    key: key.config,
    algorithms,
    issuer: props.issuer,
    audience: props.audience,
    leeway: props.leeway?.toSeconds(),
    requireExpiration: props.requireExpiration,
    allowShortSecrets: props.allowShortSecrets,
    maxTokenBytes: props.maxTokenSize?.toBytes(),
  };
  return { key, algorithms, config: jsonText(scope, config) };
}

function usualAlgorithms({ algorithms }: KeySource): readonly JwtAlgorithm[] {
  const usual = [JwtAlgorithm.HS256, JwtAlgorithm.RS256].find((one) => algorithms.includes(one));
  return [usual ?? algorithms[0]];
}

function algorithmFaults(key: KeySource, algorithms: readonly JwtAlgorithm[]): Fault[] {
  const got = algorithms.join(', ');
  if (algorithms.length === 0) {
    return [{
      what: 'no algorithm is accepted',
      got: 'algorithms: []',
      allowed: key.algorithms.join(', '),
      fix: 'name what the issuer signs with, or leave it out',
    }];
  }
  if (algorithms.some(isShared) && !algorithms.every(isShared)) {
    return [{
      what: 'algorithms of secrets and of public keys do not mix',
      got,
      allowed: 'those that start with HS, or the others',
      fix: 'name the one that the issuer signs with; two issuers need two layers',
    }];
  }
  const unfit = algorithms.filter((algorithm) => !key.algorithms.includes(algorithm));
  return unfit.length === 0 ? [] : [{
    what: `${key.name} has no key for the algorithm`,
    got: unfit.join(', '),
    allowed: key.algorithms.join(', '),
    fix: 'name what the issuer signs with, or leave `algorithms` out',
  }];
}

function claimFaults(key: KeySource, { issuer, audience }: AuthUtilsLayerProps): Fault[] {
  if (key.knowsIssuer === true && (issuer !== undefined || audience !== undefined)) {
    return [{
      what: 'a user pool says itself who issues its tokens and whom they are for',
      got: [issuer === undefined ? [] : 'issuer', audience === undefined ? [] : 'audience'].flat().join(' and '),
      allowed: 'the pool and its clients',
      fix: 'leave it out, and name the clients in `AuthKey.userPool`',
    }];
  }
  const isEmpty = issuer === '' || audience?.length === 0 || audience?.includes('') === true;
  return !isEmpty ? [] : [{
    what: 'no token could be for an empty issuer or audience',
    got: JSON.stringify({ issuer, audience }),
    allowed: 'text, and a list of texts',
    fix: 'write it out, or leave it out to have it not checked',
  }];
}

function limitFaults({ maxTokenSize }: AuthUtilsLayerProps): Fault[] {
  const bytes = maxTokenSize === undefined || maxTokenSize.isUnresolved() ? SHORTEST_TOKEN_LIMIT : maxTokenSize.toBytes();
  return Number.isInteger(bytes) && bytes >= SHORTEST_TOKEN_LIMIT ? [] : [{
    what: 'no token could have the size that is allowed',
    got: `${bytes} bytes`,
    allowed: `whole bytes, at least ${SHORTEST_TOKEN_LIMIT}`,
    fix: 'leave `maxTokenSize` out',
  }];
}
