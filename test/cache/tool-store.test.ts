import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeFolder, removeFolder } from './support';
import { toolFolder } from '../../lib/cache/tool-store';

let root: string;

beforeEach(() => {
  root = makeFolder();
});

afterEach(() => removeFolder(root));

test('installs a tool once, whoever asks for it', async () => {
  let installs = 0;
  const ask = () => toolFolder(root, 'uv-1.2.3', async (folder) => {
    installs += 1;
    fs.mkdirSync(path.join(folder, 'bin'));
    fs.writeFileSync(path.join(folder, 'bin', 'uv'), 'a tool', { mode: 0o755 });
  });

  const folders = [...await Promise.all([ask(), ask()]), await ask()];

  expect(new Set(folders)).toEqual(new Set([path.join(root, 'tools', 'uv-1.2.3')]));
  expect(installs).toBe(1);
  expect(fs.statSync(path.join(folders[0], 'bin', 'uv')).mode & 0o777).toBe(0o755);
  expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([]);
});

test('fails with the reason of the installer, leaves nothing, and tries again', async () => {
  const failing = toolFolder(root, 'uv-1.2.3', async (folder) => {
    fs.writeFileSync(path.join(folder, 'half'), '');
    throw new Error('pip was killed');
  });
  await expect(failing).rejects.toThrow('pip was killed');
  expect(fs.existsSync(path.join(root, 'tools'))).toBe(false);

  const folder = await toolFolder(root, 'uv-1.2.3', async (target) => fs.writeFileSync(path.join(target, 'whole'), ''));

  expect(fs.readdirSync(folder)).toEqual(['whole']);
});
