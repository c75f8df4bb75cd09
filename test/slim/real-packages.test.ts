import * as fs from 'node:fs';
import * as path from 'node:path';
import { ALL_RULES, findInterpreter, install, layOut, makeFolder, openBench, removeFolders, run } from './support';
import { inspectTree } from '../../lib/inspect/inspect-tree';
import { readRecordOwners } from '../../lib/inspect/record-owners';
import { listSiteFiles, type SiteFile } from '../../lib/slim/site-files';
import { slimSite, type SlimmedSite } from '../../lib/slim/slim-site';

const PACKAGES = path.join(__dirname, 'real-packages.txt');
const PROGRAMS = path.join(__dirname, 'programs');

/** Wheels of all the packages exist for these, on the oldest system that a runtime has. */
const VERSIONS = ['3.11', '3.12', '3.13'];

let python: string;
let files: readonly SiteFile[];
let slimmed: SlimmedSite;
let slimSiteFolder: string;

beforeAll(async () => {
  const bench = await openBench();
  const found = await Promise.all(VERSIONS.map((version) => findInterpreter(bench, version)));
  const place = found.findIndex((command) => command !== undefined);
  if (place < 0) {
    throw new Error(`this test needs one of Python ${VERSIONS.join(', ')}`);
  }
  python = found[place] as string;
  const site = await install(bench, VERSIONS[place], ['--no-deps', '-r', PACKAGES]);
  files = await listSiteFiles(site);
  slimmed = await slimSite(files, ALL_RULES, await readRecordOwners(site, ''), makeFolder());
  slimSiteFolder = layOut(slimmed.kept);
});

afterAll(removeFolders);

/** Runs a program with the packages of a folder and nothing else of the machine. */
async function runProgram(site: string, program: string, input = ''): Promise<string> {
  return run(python, ['-I', '-S', path.join(PROGRAMS, 'run.py'), site, path.join(PROGRAMS, `${program}.py`)], { input });
}

/** Modules of a list of files by their dotted names, without programs, and examples that compile C. */
function modulesIn(list: readonly SiteFile[]): string[] {
  const names = list.flatMap(({ path: file }) => /^(.*?)(?:\/__init__)?(?:\.py|(?:\.[\w-]+)?\.so)$/.exec(file)?.[1].split('/').join('.') ?? []);
  return names.filter((name) => /^[\w.]+$/.test(name) && !/(?:^|\.)(?:__main__|conftest|setup)$|\._examples\./.test(name)).sort();
}

test.each(['tokens', 'models', 'database', 'web', 'tables'])('packages do their work without what the rules remove: %s', async (program) => {
  await runProgram(slimSiteFolder, program);
});

test('every module that stays can be imported as before', async () => {
  const modules = modulesIn(slimmed.kept);
  expect(modules.length).toBeGreaterThan(1000);
  const whole = layOut(files);

  const [before, after] = await Promise.all([whole, slimSiteFolder].map(async (site) =>
    JSON.parse((await runProgram(site, 'import_all', modules.join('\n'))).replaceAll(site, '')) as Record<string, string>));

  // Those that fail lack an optional package; they lack it in both.
  expect(after).toEqual(before);
  expect(Object.keys(before).length).toBeLessThan(100);
});

test('every rule removes something from these packages, and the installed files stay as they are', () => {
  const savings = Object.fromEntries(slimmed.savings.map(({ rule, bytes }) => [rule, bytes]));
  const idle = Object.keys(savings).filter((rule) => savings[rule] === 0);

  expect(idle).toEqual(['awsSdk']);
  expect(savings.testFolders).toBeGreaterThan(15_000_000);
  expect(savings.nativeSymbols).toBeGreaterThan(15_000_000);
  for (const file of files) {
    expect(fs.statSync(file.source).size).toBe(file.bytes);
  }
});

test('native files tell the same about themselves after their symbols were cut', async () => {
  const native = async (list: readonly SiteFile[]) =>
    (await inspectTree(list.map((file) => ({ kind: 'file', path: file.path, mode: 0o644, source: file.source })))).nativeFiles;
  const kept = new Set(slimmed.kept.map((file) => file.path));

  expect(await native(slimmed.kept)).toEqual(await native(files.filter((file) => kept.has(file.path))));
});

test.each([
  { rule: 'folders named `testing`', program: 'tables', removes: /\/_?testing\// },
  { rule: 'all test folders', program: 'tables', removes: /\/tests\// },
  { rule: 'METADATA', program: 'models', removes: /\.dist-info\/METADATA$/ },
  { rule: 'native modules that have no source beside them', program: 'tokens', removes: /\.abi3\.so$/ },
])('fails for a rule that goes too far: $rule', async ({ program, removes }) => {
  const site = layOut(slimmed.kept.filter((file) => !removes.test(file.path)));

  await expect(runProgram(site, program)).rejects.toThrow(/ModuleNotFoundError|PackageNotFoundError|ImportError|AssertionError/);
});
