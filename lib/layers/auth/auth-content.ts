import * as path from 'node:path';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { isShared, type JwtAlgorithm } from './jwt-algorithm';
import { compareVersions } from '../../common/compare-versions';
import { failOn, type Fault } from '../../common/fault';
import { LayerContent } from '../../content/layer-content';
import type { ManifestPackage } from '../../inspect/manifest';

const SOURCES = path.join(__dirname, '..', '..', '..', 'runtime', 'auth-utils');

/** Older runtimes are past their end. */
const OLDEST: Readonly<Partial<Record<RuntimeFamily, string>>> = { [RuntimeFamily.PYTHON]: '3.11', [RuntimeFamily.NODEJS]: '22' };

const SERVED = [Runtime.PYTHON_3_11, Runtime.PYTHON_3_12, Runtime.PYTHON_3_13, Runtime.PYTHON_3_14, Runtime.NODEJS_22_X, Runtime.NODEJS_24_X];

/**
 * All of jose that is not verifying: two thirds of it, mostly encryption. It goes with its entry point, which names it: who imports `jose` is told
 * that it is not there, instead of failing deep inside.
 */
const NOT_VERIFYING = [
  '/jose/dist/webapi/*', ...['jws', 'lib', 'util'].map((folder) => `!/jose/dist/webapi/${folder}`),
  '**/jws/general', 'sign.js', 'jws_sign.js', 'jwe_*.js', 'jwt_*.js', 'key_management.js', 'key_algorithm.js', 'content_encryption.js', 'deflate.js',
  'asn1.js', 'decode_*.js',
];

/** The oldest versions, which the vectors run with, too. */
export const OLDEST_LIBRARIES = { PyJWT: '2.11.0', cryptography: '42.0.0', jose: '6.0.0' };

/** The runtimes that the layer declares: what was asked for, if the code runs there. */
export function servedRuntimes(asked: readonly Runtime[] | undefined): Runtime[] {
  const unfit = (asked ?? []).filter((runtime) => !isServed(runtime)).map((runtime) => runtime.name);
  failOn(unfit.length === 0 && asked?.length !== 0 ? [] : [{
    what: 'the code of this layer does not run there',
    got: unfit.join(', ') || 'compatibleRuntimes: []',
    allowed: 'python3.11 and newer, nodejs22.x and newer',
    fix: 'name newer runtimes, or leave `compatibleRuntimes` out',
  }]);
  return [...asked ?? SERVED];
}

function isServed({ name, family }: Runtime): boolean {
  const oldest = family === undefined ? undefined : OLDEST[family];
  return oldest !== undefined && compareVersions(name.replace(/^[a-z]+|\.x$/g, ''), oldest) >= 0;
}

/** The code of both languages, as far as runtimes ask for it, on the libraries that it needs. */
export function authContent(runtimes: readonly Runtime[], algorithms: readonly JwtAlgorithm[], libraries: readonly LayerContent[]): LayerContent[] {
  const of = (kind: 'python' | 'nodejs'): LayerContent[] => libraries.filter((one) => one._render().kind === kind);
  failOn(libraries.length === of('python').length + of('nodejs').length ? [] : [{
    what: '`libraries` has content that is no package',
    got: 'LayerContent.files',
    allowed: 'LayerContent.python, LayerContent.pythonRequirements, LayerContent.nodejs',
    fix: 'put other files into a layer of their own',
  }]);
  const ownPython = LayerContent.python(path.join(SOURCES, 'python', 'libraries', algorithms.every(isShared) ? 'pure' : 'native'));
  return [
    ...has(runtimes, RuntimeFamily.PYTHON) ? [
      ...orElse(of('python'), ownPython),
      LayerContent.files(path.join(SOURCES, 'python', 'auth_utils'), { destination: 'python/auth_utils' }),
    ] : [],
    ...has(runtimes, RuntimeFamily.NODEJS) ? [
      ...orElse(of('nodejs'), LayerContent.nodejs(path.join(SOURCES, 'nodejs', 'libraries'), { exclude: NOT_VERIFYING })),
      LayerContent.files(path.join(SOURCES, 'nodejs', 'auth-utils'), {
        destination: 'nodejs/node_modules/auth-utils', exclude: ['*.d.ts', '*.d.cts'],
      }),
    ] : [],
  ];
}

/** A user's own locks may lack what the code needs. */
export function missingLibraries(packages: readonly ManifestPackage[], runtimes: readonly Runtime[], algorithms: readonly JwtAlgorithm[]): Fault[] {
  const python = has(runtimes, RuntimeFamily.PYTHON) ? ['PyJWT', ...algorithms.every(isShared) ? [] : ['cryptography']] : [];
  const nodejs = has(runtimes, RuntimeFamily.NODEJS) ? ['jose'] : [];
  return ([...python, ...nodejs] as (keyof typeof OLDEST_LIBRARIES)[]).flatMap((name): Fault[] => {
    const found = packages.filter((one) => one.name.toLowerCase() === name.toLowerCase());
    return found.length > 0 && found.every(({ version }) => compareVersions(version, OLDEST_LIBRARIES[name]) >= 0) ? [] : [{
      what: `\`libraries\` must bring ${name}`,
      got: found.map(({ version }) => `${name} ${version}`).join(', ') || 'none',
      allowed: `${name} ${OLDEST_LIBRARIES[name]} or newer`,
      fix: 'add it to your lock, or leave that content out for the one that comes with this library',
    }];
  });
}

function has(runtimes: readonly Runtime[], family: RuntimeFamily): boolean {
  return runtimes.some((runtime) => runtime.family === family);
}

function orElse<T>(asked: readonly T[], own: T): readonly T[] {
  return asked.length > 0 ? asked : [own];
}
