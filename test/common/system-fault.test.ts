import * as fs from 'node:fs';
import * as path from 'node:path';
import { systemFault } from '../../lib/common/system-fault';

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

test('what the system refuses names the path, the reason and something to do', () => {
  const missing = path.join(__dirname, 'nowhere', 'file');

  expect(systemFault(errorOf(() => fs.readFileSync(missing)))).toEqual({
    what: 'a file or folder cannot be found',
    got: `${missing} (ENOENT in open)`,
    fix: expect.any(String),
  });
});

test.each([
  ['EACCES', /may not be used/, /permissions/],
  ['EPERM', /may not be used/, /permissions/],
  ['ENOSPC', /disk is full/, /CDK_LAMBDA_LAYERS_CACHE/],
  ['EDQUOT', /disk is full/, /CDK_LAMBDA_LAYERS_CACHE/],
  ['EROFS', /cannot be written/, /CDK_LAMBDA_LAYERS_CACHE/],
  ['EMFILE', /too many files/, /ulimit/],
  ['ENFILE', /too many files/, /ulimit/],
  ['ENOTDIR', /cannot be found/, /synthesise again/],
  ['ENAMETOOLONG', /cannot be found/, /synthesise again/],
])('%s has words of its own', (code, what, fix) => {
  expect(systemFault(Object.assign(new Error(), { code }))).toEqual(expect.objectContaining({
    what: expect.stringMatching(what), got: `(${code})`, fix: expect.stringMatching(fix),
  }));
});

test('other errors are left to whoever can tell more about them', () => {
  expect(systemFault(new TypeError('a defect'))).toBeUndefined();
  expect(systemFault(errorOf(() => fs.readFileSync(__dirname)))).toBeUndefined();
  expect(systemFault('text')).toBeUndefined();
});
