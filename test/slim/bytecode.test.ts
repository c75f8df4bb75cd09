import * as fs from 'node:fs';
import * as path from 'node:path';
import { findInterpreter, install, layOut, makeFolder, openBench, removeFolders, run, targetOf, writeFiles } from './support';
import { extractZip } from '../../lib/archive/read-zip';
import { writeZip } from '../../lib/archive/write-zip';
import type { LocalWorkbench } from '../../lib/build/local-workbench';
import type { Workbench } from '../../lib/build/workbench';
import { compileBytecode, type BytecodeResult } from '../../lib/slim/bytecode';
import { listSiteFiles, type SiteFile } from '../../lib/slim/site-files';
import type { BytecodeModeName } from '../../lib/slim/slim-plan';

/** Interpreters to try with: the oldest and the newest of these that the machine has. */
const VERSIONS = ['3.8', '3.11', '3.13'];

const SITE: Readonly<Record<string, string>> = {
  'shop/__init__.py': 'from .prices import price\nNAMES = frozenset({"ann", "bob", "cyd", "dan"})\n',
  'shop/prices.py': 'def price():\n    raise ValueError("no price")\n',
  'shop/größe.py': 'GRÖSSE = "große"\n',
  'shop/dotted.name.py': 'x = 1\n',
  'shop/template.py': 'class {{ name }}:\n',
  'shop/nul.py': 'x = "\0"\n',
  'shop/latin.py': '# coding: iso-8859-15\nx = 1\n',
  'shop/odd_escape.py': 'x = "\\d"\n',
  'shop/data.json': '{}',
  'main.py': 'import shop\n',
  'shop-1.dist-info/RECORD': 'main.py,sha256=abc,12\nshop/template.py,sha256=abc,18\n',
};

/** What no interpreter compiles. */
const BROKEN = ['shop/nul.py', 'shop/template.py'];

let available: string[];

beforeAll(async () => {
  const bench = await openBench();
  const found = await Promise.all(VERSIONS.map(async (version) => (await findInterpreter(bench, version)) === undefined ? [] : [version]));
  available = [...new Set([found.flat().at(0), found.flat().at(-1)])].filter((version) => version !== undefined);
  if (available.length === 0) {
    throw new Error(`these tests need one of Python ${VERSIONS.join(', ')}`);
  }
});

afterAll(removeFolders);

interface Compiled extends BytecodeResult {
  readonly bench: LocalWorkbench;
  readonly workFolder: string;
}

/** Compiles a site in a new work folder, as a layer's build does. */
async function compile(version: string, mode: Exclude<BytecodeModeName, 'none'>, files: Readonly<Record<string, string>> = SITE): Promise<Compiled> {
  const workFolder = makeFolder();
  writeFiles(path.join(workFolder, 'content-0/site'), files);
  return compileFolder(version, mode, workFolder);
}

async function compileFolder(version: string, mode: Exclude<BytecodeModeName, 'none'>, workFolder: string): Promise<Compiled> {
  const bench = await openBench(workFolder);
  const site = await listSiteFiles(path.join(workFolder, 'content-0/site'));
  const request = { mode, target: targetOf(version), folder: 'content-0', optFolder: '/opt/python' };
  return { ...await compileBytecode(bench, workFolder, site, request), bench, workFolder };
}

function pathsOf(result: BytecodeResult): string[] {
  return result.files.map((file) => file.path).sort();
}

function bytecodeOf(files: readonly SiteFile[]): Record<string, string> {
  const compiled = files.filter((file) => file.path.endsWith('.pyc'));
  return Object.fromEntries(compiled.map((file) => [file.path, fs.readFileSync(file.source).toString('base64')]));
}

/** Runs statements with the packages of a folder, without writing bytecode; returns what they and `-v` say of this site. */
async function python(result: Compiled, version: string, site: string, code: string): Promise<string> {
  const found = await findInterpreter(result.bench, version);
  const statements = `import sys; sys.path.insert(0, sys.argv[1]); ${code}`;
  const said = await run('/bin/sh', ['-c', '"$0" "$@" 2>&1', found as string, '-v', '-I', '-S', '-B', '-X', 'utf8', '-c', statements, site]);
  return said.split('\n').filter((line) => line.includes('shop')).join('\n');
}

test('every module gets bytecode but those that do not compile, and the build goes on', async () => {
  for (const version of available) {
    const result = await compile(version, 'source-and-bytecode');

    const tag = `cpython-${version.replace('.', '')}`;
    expect(pathsOf(result)).toEqual([
      ...Object.keys(SITE),
      `__pycache__/main.${tag}.pyc`,
      ...['__init__', 'dotted.name', 'größe', 'latin', 'odd_escape', 'prices'].map((name) => `shop/__pycache__/${name}.${tag}.pyc`),
    ].sort());
    expect(result.interpreter).toMatch(new RegExp(`^${version.replace('.', '\\.')}\\.\\d+$`));
    for (const file of result.files) {
      expect(fs.statSync(file.source).size).toBe(file.bytes);
    }
  }
});

test('bytecode in the place of sources works, names the place on Lambda, and RECORD lists what is there', async () => {
  for (const version of available) {
    const result = await compile(version, 'bytecode-only');

    expect(pathsOf(result)).toEqual([...BROKEN, ...Object.keys(SITE).flatMap((file) => {
      const compiles = file.endsWith('.py') && !BROKEN.includes(file);
      return BROKEN.includes(file) ? [] : [compiles ? `${file}c` : file];
    })].sort());
    const site = layOut(result.files);
    expect(fs.readFileSync(path.join(site, 'shop-1.dist-info/RECORD'), 'utf8')).toBe('shop/template.py,sha256=abc,18\n');
    const shown = 'sorted(shop.NAMES), größe.GRÖSSE, shop.__file__, shop.price.__code__.co_filename';
    expect(await python(result, version, site, `import shop; from shop import größe, latin; print(${shown})`))
      .toContain(`['ann', 'bob', 'cyd', 'dan'] große ${site}/shop/__init__.pyc /opt/python/shop/prices.py`);
  }
});

test('bytecode is used after a zip gave every file another date', async () => {
  for (const version of available) {
    const result = await compile(version, 'source-and-bytecode');
    const archive = path.join(makeFolder(), 'layer.zip');
    await writeZip(result.files.map((file) => ({ kind: 'file', path: file.path, mode: 0o644, source: file.source })), archive);
    const site = makeFolder();
    await extractZip(archive, site);
    const date = new Date('1980-01-01T00:00:00Z');
    fs.readdirSync(site, { recursive: true }).forEach((file) => fs.utimesSync(path.join(site, String(file)), date, date));

    const said = await python(result, version, site, 'import main');

    expect(said).toMatch(/# code object from '[^']*shop\/__pycache__\/prices\.cpython-\d+\.pyc'/);
    expect(said).not.toMatch(/bytecode is stale|# wrote|code object from \S*\.py\b/);
  }
});

test('bytecode is never checked against dates or sources, and names no folder of this machine', async () => {
  for (const version of available) {
    for (const mode of ['source-and-bytecode', 'bytecode-only'] as const) {
      const result = await compile(version, mode);
      const compiled = result.files.filter((file) => file.path.endsWith('.pyc'));

      expect(compiled).toHaveLength(7);
      for (const file of compiled) {
        const bytes = fs.readFileSync(file.source);
        // PEP 552: hash-based, and not to be checked.
        expect(bytes.readUInt32LE(4)).toBe(0b01);
        expect(bytes.includes(result.workFolder)).toBe(false);
        expect(bytes.includes('content-0')).toBe(false);
        expect(bytes.includes('/opt/python/')).toBe(true);
      }
    }
  }
});

test('the same bytes come from other folders, locales, hash seeds and numbers of processors', async () => {
  const version = available.at(-1) as string;
  const packages = await install(await openBench(), version, ['requests==2.32.5', 'pydantic==2.11.7', 'sqlalchemy==2.0.43', '--no-deps']);
  const compileWith = async (env: Readonly<Record<string, string>>, folder = makeFolder()): Promise<Record<string, string>> => {
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      fs.mkdirSync(path.join(folder, 'content-0'), { recursive: true });
      fs.cpSync(packages, path.join(folder, 'content-0/site'), { recursive: true });
      return bytecodeOf((await compileFolder(version, 'source-and-bytecode', folder)).files);
    } finally {
      process.env = before;
    }
  };

  const first = await compileWith({ LC_ALL: 'C', PYTHONHASHSEED: '1', PYTHONUTF8: '0' });
  expect(Object.keys(first).length).toBeGreaterThan(300);
  const elsewhere = path.join(makeFolder(), 'a longer', 'place');
  expect(await compileWith({ LC_ALL: 'tr_TR.UTF-8', PYTHONHASHSEED: '2', TZ: 'Asia/Tokyo' }, elsewhere)).toEqual(first);
  expect(await compileWith({ PYTHONHASHSEED: 'random', PYTHON_CPU_COUNT: '1', PYTHONOPTIMIZE: '2' })).toEqual(first);
});

test('files that share their bytes with the cache of an installer are not written to', async () => {
  const workFolder = makeFolder();
  const stale = 'made elsewhere';
  writeFiles(workFolder, { 'cache/a.pyc': stale, 'content-0/site/a.py': 'x = 1\n' });
  const shipped = path.join(workFolder, 'content-0/site/__pycache__', `a.cpython-${available[0].replace('.', '')}.pyc`);
  fs.mkdirSync(path.dirname(shipped));
  fs.linkSync(path.join(workFolder, 'cache/a.pyc'), shipped);

  await compileFolder(available[0], 'source-and-bytecode', workFolder);

  expect(fs.readFileSync(shipped, 'latin1')).not.toBe(stale);
  expect(fs.readFileSync(path.join(workFolder, 'cache/a.pyc'), 'latin1')).toBe(stale);
});

test('fails with the last lines of an interpreter that ends early', async () => {
  const failed = { code: 1, signal: null, stdout: '', stderr: 'OSError: [Errno 28] No space left on device' };
  const bench: Partial<Workbench> = { provide: async () => undefined, python: async () => failed };
  const workFolder = makeFolder();
  writeFiles(workFolder, { 'content-0/site/a.py': '' });
  const request = { mode: 'bytecode-only', target: targetOf('3.13'), folder: 'content-0', optFolder: '/opt/python' } as const;

  await expect(compileBytecode(bench as Workbench, workFolder, await listSiteFiles(path.join(workFolder, 'content-0/site')), request))
    .rejects.toThrow(/bytecode could not be compiled\n {2}got: Python 3\.13 ended with exit code 1\n {4}OSError: \[Errno 28\]/);
});
