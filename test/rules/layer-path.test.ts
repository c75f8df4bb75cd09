import { appOf, contentOf, functionOf, layerOf, published, told } from './support';
import { layerPath } from '../../lib/rules/layer-path';

function check(files: readonly string[], runtimes: readonly string[] = ['python3.13']): string[] {
  return told(layerPath.checkLayer!(published('A', { runtimes, content: contentOf({ files }) }), appOf()));
}

test.each([
  ['modules in python/', ['python/shop/__init__.py']],
  ['modules in the folder of the runtime', ['python/lib/python3.13/site-packages/shop.py']],
  ['plain data', ['certs/ca.pem', 'fonts/a.ttf', 'settings/shop.json']],
  ['scripts that are called by path', ['bin/tool.py', 'extensions/agent/main.py']],
  ['helpers beside modules that are found', ['python/shop.py', 'templates/hook.py']],
  ['bytecode alone', ['python/shop.pyc']],
  ['a program with modules of its own', ['awscli/aws', 'awscli/awscli/__init__.py']],
  ['tools of other languages', ['nodejs/node_modules/node-gyp/gyp/gyp_main.py', 'certs/ca.pem']],
  ['scripts for debuggers', ['lib/libx.so', 'share/gdb/auto-load/x-gdb.py']],
])('passes: %s', (_, files) => {
  expect(check(files)).toEqual([]);
});

test('a layer for another language may have Python files anywhere', () => {
  expect(check(['scripts/a.py'], ['nodejs22.x'])).toEqual([]);
});

test.each([
  ['the root', ['shop/__init__.py', 'shop/cart.py']],
  ['site-packages of its own', ['site-packages/shop.py']],
  ['a folder of another Python version only', ['python/lib/python3.12/site-packages/shop.py']],
])('fails for modules in %s', (_, files) => {
  expect(check(files)).toEqual(['error Shop/A: Python files lie where no declared runtime looks for modules']);
});

test('where the layer declares no runtime, its functions tell', () => {
  const layer = layerOf('A', { content: contentOf({ files: ['python/lib/python3.12/site-packages/shop.py'] }) });
  expect(told(layerPath.checkFunction!(functionOf([layer])))).toHaveLength(1);
  expect(layerPath.checkFunction!(functionOf([layer], { runtime: 'python3.12' }))).toEqual([]);
  expect(layerPath.checkFunction!(functionOf([layer], { runtime: undefined }))).toEqual([]);
});

test('files that the library placed are not read, nor other people\'s layers', () => {
  const content = { ...contentOf({ files: ['shop.py'] }), hasPlacedFiles: false };
  const runtimes = ['python3.13'];
  expect(layerPath.checkLayer!(published('A', { runtimes, content }), appOf())).toEqual([]);
  expect(layerPath.checkLayer!(published('A', { isOurs: false, runtimes, content: contentOf({ files: ['shop.py'] }) }), appOf())).toEqual([]);
});
