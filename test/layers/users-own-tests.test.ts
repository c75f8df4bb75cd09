import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { folderOf, newFunction } from './support';
import { BundlingMode, LayerContent, LayerTesting, SecurityExtension, SharedDependencyLayer } from '../../lib';
import { isRoot, STRANGER } from '../support/sandbox';

const PROGRAM = path.join(__dirname, 'programs/unit-tests.js');

/** Root makes a network of its own, others one with a user of its own. */
const OFFLINE = ['unshare', isRoot ? '--net' : '--map-root-user', ...(isRoot ? [] : ['--net'])];

const canGoOffline = ((): boolean => {
  try {
    execFileSync(OFFLINE[0], [...OFFLINE.slice(1), process.execPath, '--version']);
    return true;
  } catch {
    return false;
  }
})();

function lock(version: string, hash: string): string {
  return folderOf({ 'requirements.txt': `requests==${version} --hash=sha256:${hash.repeat(64)}\n` });
}

/** The templates that a user's unit tests see, with nothing on the path and no cache. */
function templates(folder: string, options: { readonly count?: number; readonly before?: readonly string[]; readonly uid?: number } = {}): unknown {
  const [command, ...args] = [...options.before ?? [], process.execPath, PROGRAM, String(options.count ?? 1), folder];
  const home = folderOf({});
  fs.chmodSync(home, 0o777);
  const unshare = execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim();
  const output = execFileSync(unshare, args, {
    encoding: 'utf8', uid: options.uid, cwd: home, env: { PATH: '', HOME: home, TMPDIR: home, CDK_LAMBDA_LAYERS_CACHE: '/dev/null/cache' },
  });
  expect(fs.readdirSync(home).filter((name) => !name.startsWith('cdk.out'))).toEqual([]);
  return JSON.parse(output);
}

(canGoOffline ? test : test.skip)('stubs need no path, no network and no cache, however many tests there are', () => {
  expect(templates(lock('2.32.5', 'a'), { count: 200, before: OFFLINE })).toMatchObject({
    shop: { Resources: expect.anything(), Parameters: expect.objectContaining({ BootstrapVersion: expect.anything() }) },
  });
});

test('snapshots are the same from two folders and with two versions of a package', () => {
  const snapshot = templates(lock('2.32.5', 'a'));
  expect(templates(lock('2.32.5', 'a'))).toEqual(snapshot);
  expect(templates(lock('2.31.0', 'b'))).toEqual(snapshot);
});

(isRoot ? test : test.skip)('snapshots are the same for another user', () => {
  const folder = lock('2.32.5', 'a');
  fs.chmodSync(folder, 0o755);
  expect(templates(folder, { uid: STRANGER })).toEqual(templates(folder));
});

describe('normalizeAssets', () => {
  const templateOf = (text: string): Record<string, any> => {
    const app = new App();
    const layer = new SharedDependencyLayer(new Stack(app, 'Platform'), 'Libs', {
      content: [LayerContent.files(folderOf({ 'a.txt': text }))], bundling: { mode: BundlingMode.AUTO },
    });
    const stack = new Stack(app, 'Shop');
    const fn = newFunction(stack, { code: lambda.Code.fromAsset(folderOf({ 'index.py': text })) });
    layer.attachTo(fn);
    new SecurityExtension(stack, 'Security', { layers: [layer] }).attachTo(fn);
    fn.addAlias('live');
    return { shop: Template.fromStack(stack).toJSON(), platform: Template.fromStack(layer.stack).toJSON() };
  };

  test('takes out what changes with bytes, and nothing else', () => {
    const [one, two] = ['one', 'two'].map(templateOf);
    expect(one).not.toEqual(two);
    expect(LayerTesting.normalizeAssets(one)).toEqual(LayerTesting.normalizeAssets(two));
    const text = JSON.stringify(LayerTesting.normalizeAssets(one));
    expect(text).toContain('"S3Key":"asset-hash.zip"');
    expect(text).toContain('/cdk-lambda-layers/Platform/PlatformLibsDCEAC23E/fingerprint"');
    expect(text).toContain('\\"0-digest.json\\"');
    expect(text).not.toMatch(/[0-9a-f]{12}/);
  });

  test('the normalised template still refers to itself', () => {
    const { shop } = LayerTesting.normalizeAssets(templateOf('one'));
    const [fn] = Object.values<any>(shop.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(Object.keys(shop.Parameters)).toContain(fn.Properties.Layers[0].Ref);
    const [alias] = Object.values<any>(shop.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Alias');
    expect(Object.keys(shop.Resources)).toContain(alias.Properties.FunctionVersion['Fn::GetAtt'][0]);
  });

  test('leaves what it is given as it is', () => {
    const template = { Resources: { A: { Key: 'a'.repeat(64) } } };
    expect(LayerTesting.normalizeAssets(template)).toEqual({ Resources: { A: { Key: 'asset-hash' } } });
    expect(template.Resources.A.Key).toHaveLength(64);
  });
});
