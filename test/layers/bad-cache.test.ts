import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { inMountedFolder, testWithMounts } from '../cache/mounts';
import { isRoot, Sandbox, STRANGER, type AppBody } from '../support/sandbox';

const place = 'App/Libs';
/** A user that the machine has no account for, and so no home. */
const NOBODY_KNOWN = 54321;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  sandbox.write('files/a.txt', 'some bytes');
});

afterEach(() => sandbox.remove());

const files: AppBody = ({ stack, SharedDependencyLayer, LayerContent }) => {
  return new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('files')] }).manifest.digest;
};

const twoLayers: AppBody = ({ stack, SharedDependencyLayer, LayerContent }) => {
  const first = new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('files')] });
  const second = new SharedDependencyLayer(stack, 'Others', { content: [LayerContent.files('files'), LayerContent.files('files/a.txt')] });
  return [first.manifest.digest, second.manifest.digest];
};

describe('a full disk', () => {
  testWithMounts('fails while the archive is written', async () => {
    sandbox.write('files/random', randomBytes(3_000_000));

    await inMountedFolder(1, async (mount) => {
      const cache = path.join(mount, 'cache');
      expect(await sandbox.fail(files, { env: { CDK_LAMBDA_LAYERS_CACHE: cache } })).toEqual([expect.objectContaining({
        place, what: 'the disk is full', got: expect.stringContaining(cache), do: expect.stringContaining('CDK_LAMBDA_LAYERS_CACHE'),
      })]);
      expect(emptyFolders(cache)).toEqual([]);
    });
  });

  testWithMounts('fails while packages are installed', async () => {
    sandbox.write('libs/requirements.txt', 'pytz==2025.2 --hash=sha256:5ddf76296dd8c44c26eb8f4b6f35488f3ccbf6fbbd7adee0b7262d43f0ec2f00\n');

    await inMountedFolder(1, async (mount) => {
      const cache = path.join(mount, 'cache');
      const faults = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
        new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes: [Runtime.PYTHON_3_13] });
      }, { env: { CDK_LAMBDA_LAYERS_CACHE: cache } });

      expect(faults).toEqual([expect.objectContaining({ place, what: 'the disk is full', do: expect.stringContaining('CDK_LAMBDA_LAYERS_CACHE') })]);
      expect(emptyFolders(cache)).toEqual([]);
    });
  });

  function emptyFolders(cache: string): string[] {
    return ['tmp', 'locks', 'layers'].flatMap((folder) => (fs.existsSync(path.join(cache, folder)) ? fs.readdirSync(path.join(cache, folder)) : []));
  }
});

describe('a cache that cannot be used is said once, and the layers are built in the output folder', () => {
  const testAsRoot = isRoot ? test : test.skip;

  test('when another user may write to it', async () => {
    fs.chmodSync(sandbox.path('cache'), 0o777);

    const run = await sandbox.synth(twoLayers);

    expect(run.result).toHaveLength(2);
    expectWarning(run.stderr, `the cache folder ${sandbox.path('cache')} is not used: other users may write to it (mode 0777, wanted 0700)`);
    expect(fs.readdirSync(sandbox.path('cache'))).toEqual([]);
  });

  test('when it is read-only', async () => {
    giveAway(STRANGER);
    fs.chmodSync(sandbox.path('cache'), 0o500);

    const run = await sandbox.synth(twoLayers, { uid: isRoot ? STRANGER : undefined });

    expect(run.result).toHaveLength(2);
    expectWarning(run.stderr, `the cache folder ${sandbox.path('cache')} is not used: it is read-only and holds no cache`);
    expect(fs.readdirSync(sandbox.path('cache'))).toEqual([]);
  });

  testAsRoot('when there is no home', async () => {
    giveAway(NOBODY_KNOWN);

    const env = { HOME: undefined, XDG_CACHE_HOME: undefined, CDK_LAMBDA_LAYERS_CACHE: undefined };
    const run = await sandbox.synth(twoLayers, { uid: NOBODY_KNOWN, env });

    expect(run.result).toHaveLength(2);
    expectWarning(run.stderr, 'there is no home folder for a cache');
  });

  test('fails when the output folder can hold no cache either', async () => {
    fs.chmodSync(sandbox.path('cache'), 0o777);
    fs.writeFileSync(sandbox.path('out/.cdk-lambda-layers'), '');

    expect(await sandbox.fail(files)).toEqual([expect.objectContaining({
      place, what: 'there is no folder to build layers in', got: expect.stringContaining(sandbox.path('out/.cdk-lambda-layers')),
    })]);
  });

  /** What root owns and nobody else may read is of no use to a test that runs as somebody else. */
  function giveAway(uid: number): void {
    if (isRoot) {
      execFileSync('chown', ['-R', String(uid), sandbox.root]);
    }
  }

  function expectWarning(stderr: string, reason: string): void {
    const built = `layers are built in ${sandbox.path('out/.cdk-lambda-layers')}`;
    expect(stderr.split('\n').filter((line) => line.includes(built))).toEqual([expect.stringContaining(`${reason}; ${built}`)]);
    expect(fs.readdirSync(sandbox.path('out/.cdk-lambda-layers/layers'))).not.toEqual([]);
    expect(fs.readdirSync(sandbox.path('out/.cdk-lambda-layers/tmp'))).toEqual([]);
  }
});

test('serves what a read-only cache has without a word', async () => {
  const { result } = await sandbox.synth(files);
  if (isRoot) {
    execFileSync('chown', ['-R', String(STRANGER), sandbox.root]);
  }
  execFileSync('chmod', ['-R', 'a-w', sandbox.path('cache')]);

  const run = await sandbox.synth(files, { outdir: 'tmp', uid: isRoot ? STRANGER : undefined });

  expect(run).toMatchObject({ result, stderr: '' });
  execFileSync('chmod', ['-R', 'u+w', sandbox.path('cache')]);
});

test.each([
  ['a truncated archive', 'layer.zip', (file: string) => fs.truncateSync(file, 10)],
  ['an archive with other bytes', 'layer.zip', (file: string) => fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size))],
  ['a truncated record', 'record.json', (file: string) => fs.truncateSync(file, 10)],
  ['no manifest', 'manifest.json', (file: string) => fs.rmSync(file)],
])('rebuilds a cached layer with %s, says so once, and leaves whole files in the output folder', async (_, name, damage) => {
  const first = await sandbox.synth(files);
  const before = outputDigests();
  const [entry] = find(sandbox.path('cache/layers'), name);
  damage(entry);

  const second = await sandbox.synth(({ stack, SharedDependencyLayer, LayerContent }) => {
    return ['Libs', 'Same'].map((id) => new SharedDependencyLayer(stack, id, { content: [LayerContent.files('files')] }).manifest.digest);
  });

  expect(second.result).toEqual([first.result, first.result]);
  expect(second.stderr.match(/is damaged \(.*\) and is built again/g)).toHaveLength(1);
  expect(second.stderr.match(/: built, /g)).toHaveLength(1);
  expect(outputDigests()).toEqual(before);
  expect((await sandbox.synth(files)).stderr).toBe('');
});

test.each([
  ['other bytes', (file: string) => fs.writeFileSync(file, 'junk')],
  ['as many other bytes', (file: string, size: number) => fs.writeFileSync(file, Buffer.alloc(size))],
  ['a link', (file: string) => fs.symlinkSync('/etc/hostname', file)],
  ['an empty file', (file: string) => fs.writeFileSync(file, '')],
])('replaces %s under the archive\'s name in the output folder', async (_, leaveJunk) => {
  await sandbox.synth(files);
  const before = outputDigests();
  for (const name of Object.keys(before)) {
    const { size } = fs.statSync(sandbox.path('out', name));
    fs.rmSync(sandbox.path('out', name));
    leaveJunk(sandbox.path('out', name), size);
  }

  expect((await sandbox.synth(files)).message).toBeUndefined();

  expect(outputDigests()).toEqual(before);
});

test('fails for a folder under the archive\'s name in the output folder', async () => {
  await sandbox.synth(files);
  const [archive] = Object.keys(outputDigests()).filter((name) => name.endsWith('.zip'));
  fs.rmSync(sandbox.path('out', archive));
  fs.mkdirSync(sandbox.path('out', archive));

  expect(await sandbox.fail(files)).toEqual([expect.objectContaining({
    place, what: 'a folder has the name of a file that must be written', got: sandbox.path('out', archive), do: 'delete the folder',
  })]);
});

test('eight synths at once build a layer once', async () => {
  sandbox.write('libs/requirements.txt', 'six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n');

  const runs = await Promise.all(Array.from({ length: 8 }, (_, number) => sandbox.synth(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    const layer = new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes: [Runtime.PYTHON_3_13] });
    return layer.manifest.digest;
  }, { outdir: `out/${number}` })));

  expect(runs.map((run) => run.message)).toEqual(Array(8).fill(undefined));
  expect(new Set(runs.map((run) => run.result)).size).toBe(1);
  expect(runs.map((run) => run.stderr).join('').match(/: built, /g)).toHaveLength(1);
});

/** The digests of what this library put into the output folder. */
function outputDigests(): Record<string, string> {
  const names = fs.readdirSync(sandbox.path('out')).filter((name) => /^asset\..*\.(zip|manifest\.json)$/.test(name));
  expect(names).toHaveLength(2);
  return Object.fromEntries(names.map((name) => [name, createHash('sha256').update(fs.readFileSync(sandbox.path('out', name))).digest('hex')]));
}

function find(folder: string, name: string): string[] {
  const all = fs.readdirSync(folder, { recursive: true }) as string[];
  return all.filter((file) => path.basename(file) === name).map((file) => path.join(folder, file));
}
