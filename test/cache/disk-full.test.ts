import * as fs from 'node:fs';
import * as path from 'node:path';
import { inMountedFolder, testWithMounts } from './mounts';
import { keyOf, leaveLayer } from './support';
import { explainDiskFull } from '../../lib/cache/disk-full';
import { LayerStore } from '../../lib/cache/layer-store';
import { FaultError } from '../../lib/common/fault';

testWithMounts('fails to publish on a full disk, naming folder and free space, and leaves nothing half-written', async () => {
  await inMountedFolder(1, async (root) => {
    const store = new LayerStore(root);
    const key = keyOf('a layer');

    const failing = store.once(key, () => store.publish(key, async (folder) => leaveLayer(folder, Buffer.alloc(2_000_000, 1))));

    await expect(failing).rejects.toThrow(new RegExp(`^the disk is full\n {2}got: \\d\\.\\d MB free in ${root}\n {2}do: free some space`));
    expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([]);
    expect(fs.readdirSync(path.join(root, 'locks'))).toEqual([]);
    expect(store.lookup(key)).toBeUndefined();

    await store.publish(key, async (folder) => leaveLayer(folder, 'little'));
    expect(store.lookup(key)?.summary.archiveBytes).toBe(6);
  });
});

test('explains a used-up quota, and passes every other error on', () => {
  expect(explainDiskFull(Object.assign(new Error(), { code: 'EDQUOT' }), '/nowhere')).toEqual(new FaultError({
    what: 'the disk quota is used up',
    got: 'no space in /nowhere',
    fix: 'free some space, or set CDK_LAMBDA_LAYERS_CACHE to a folder on another disk',
  }));
  const other = new Error('other');
  expect(explainDiskFull(other, '/nowhere')).toBe(other);
});
