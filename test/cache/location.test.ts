import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { inMountedFolder, makeReadOnly, testWithMounts } from './mounts';
import { keyOf, leaveLayer, makeFolder, removeFolder } from './support';
import { LayerStore } from '../../lib/cache/layer-store';
import { cacheLocation, fallbackLocation } from '../../lib/cache/location';

jest.mock('node:os', () => ({ ...jest.requireActual('node:os'), userInfo: jest.fn() }));
const userInfo = os.userInfo as unknown as jest.Mock;

const ANOTHER_USER = 12_345;
const testAsRoot = process.getuid?.() === 0 ? test : test.skip;
const testOnLinux = process.platform === 'linux' ? test : test.skip;

let folder: string;
let output: string;

beforeEach(() => {
  folder = makeFolder();
  output = path.join(folder, 'cdk.out');
  userInfo.mockImplementation(() => { throw new Error('no such user'); });
});

afterEach(() => removeFolder(folder));

/** The location that stands in, with a warning that says all of it. */
function standIn(why: string) {
  return {
    root: path.join(output, '.cdk-lambda-layers'),
    readOnly: false,
    warning: expect.stringMatching(new RegExp(`${why}.*layers are built in .*cdk\\.out.*set CDK_LAMBDA_LAYERS_CACHE`)),
  };
}

test('takes the folder that the variable names, and makes it for its owner alone', () => {
  const root = path.join(folder, 'deep', 'cache');

  expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: root, HOME: folder }, output)).toEqual({ root, readOnly: false });

  expect(fs.statSync(root).mode & 0o777).toBe(0o700);
});

test('takes a relative folder from the working directory', () => {
  const relative = path.relative(process.cwd(), path.join(folder, 'cache'));

  expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: relative }, output).root).toBe(path.join(folder, 'cache'));
});

testOnLinux('takes the cache folder of the platform, as absolute variables name it', () => {
  const xdg = path.join(folder, 'xdg');
  const below = (parent: string) => ({ root: path.join(parent, 'cdk-lambda-layers'), readOnly: false });

  expect(cacheLocation({ XDG_CACHE_HOME: xdg, HOME: folder }, output)).toEqual(below(xdg));
  const wrong = { XDG_CACHE_HOME: 'relative', CDK_LAMBDA_LAYERS_CACHE: '' };
  expect(cacheLocation({ ...wrong, HOME: folder }, output)).toEqual(below(path.join(folder, '.cache')));
});

testOnLinux('asks for the account when HOME is unset or wrong', () => {
  userInfo.mockImplementation(() => ({ homedir: folder }));

  for (const HOME of [undefined, '', 'relative']) {
    expect(cacheLocation({ HOME }, output).root).toBe(path.join(folder, '.cache', 'cdk-lambda-layers'));
  }
});

testOnLinux('builds in the output folder when there is no home at all', () => {
  expect(cacheLocation({}, output)).toEqual(standIn('there is no home folder'));
  expect(fs.statSync(path.join(output, '.cdk-lambda-layers')).mode & 0o777).toBe(0o700);
});

test('builds in one private temporary folder a process without an output folder', () => {
  const root = path.join(folder, 'file');
  fs.writeFileSync(root, '');

  const location = cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: root }, undefined);

  try {
    expect(fs.statSync(location.root).mode & 0o777).toBe(0o700);
    expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: root }, undefined)).toEqual(location);
  } finally {
    removeFolder(location.root);
  }
});

test.each([0o770, 0o702, 0o1777])('refuses a folder of mode %o, which others may write to', (mode) => {
  const root = path.join(folder, 'shared');
  fs.mkdirSync(root);
  fs.chmodSync(root, mode);

  expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: root }, output)).toEqual(standIn(`${root} is not used: other users may write to it \\(mode 0`));
});

testAsRoot('refuses the folder of another user', () => {
  const root = path.join(folder, 'foreign');
  fs.mkdirSync(root, { mode: 0o700 });
  fs.chownSync(root, ANOTHER_USER, ANOTHER_USER);

  expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: root }, output)).toEqual(standIn(`belongs to another user \\(uid ${ANOTHER_USER}, not 0\\)`));
});

test('refuses what is not a folder, or lies below a file', () => {
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');

  expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: file }, output)).toEqual(standIn('it is not a folder'));
  expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: path.join(file, 'x') }, output)).toEqual(standIn('it cannot be created or opened \\(ENOTDIR\\)'));
});

testWithMounts('reads a cache on a read-only file system, and refuses an empty one', async () => {
  await inMountedFolder(1, async (root) => {
    fs.chmodSync(root, 0o700);
    const env = { CDK_LAMBDA_LAYERS_CACHE: root };
    const key = keyOf('a layer');
    await new LayerStore(root).publish(key, async (work) => leaveLayer(work, 'some bytes'));
    const record = path.join(root, 'layers', key.slice(0, 2), key, 'record.json');
    fs.utimesSync(record, 0, 0);

    makeReadOnly(root);

    expect(cacheLocation(env, output)).toEqual({ root, readOnly: true });
    expect(new LayerStore(root).lookup(key)?.summary.archiveBytes).toBe(10);
  });
  await inMountedFolder(1, (root) => {
    fs.chmodSync(root, 0o700);
    makeReadOnly(root);

    expect(cacheLocation({ CDK_LAMBDA_LAYERS_CACHE: root }, output)).toEqual(standIn('it is read-only and holds no cache'));
  });
});

testWithMounts('hashes a copied read-only cache that it cannot adopt', async () => {
  await inMountedFolder(1, async (root) => {
    const key = keyOf('a layer');
    await new LayerStore(root).publish(key, async (work) => leaveLayer(work, 'some bytes'));
    fs.utimesSync(path.join(root, 'layers', key.slice(0, 2), key, 'layer.zip'), 1, 1);
    makeReadOnly(root);

    expect(new LayerStore(root).lookup(key)?.summary.archiveBytes).toBe(10);
  });
});

test('fails when the output folder cannot take layers either, naming both folders and the variable', () => {
  fs.writeFileSync(output, '');

  const all = ['the cache folder /x is not used', `${output}/.cdk-lambda-layers is not used either`, 'ENOTDIR', 'do: set CDK_LAMBDA_LAYERS_CACHE'];

  expect(() => fallbackLocation('the cache folder /x is not used', output)).toThrow(new RegExp(all.join('.*\n?.*')));
});
