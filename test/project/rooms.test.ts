import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const root = path.resolve(__dirname, '..', '..');
const lib = path.join(root, 'lib');

interface Import {
  readonly from: string;
  readonly of: string;
}

interface Lint {
  readonly rooms: string[];
  readonly messages: string[][];
}

function lint(imports: readonly Import[]): Lint {
  const texts = imports.map(({ from, of }) => ({ file: from, text: `import * as probe from '${of}';\nprobe.use();\n` }));
  const out = execFileSync(process.execPath, [path.join(__dirname, 'lint-texts.mjs')], { cwd: root, input: JSON.stringify(texts) });
  return JSON.parse(out.toString('utf8'));
}

/** A module of a room, as an import from another room names it. */
function moduleOf(room: string): string {
  const file = fs.readdirSync(path.join(lib, room)).find((name) => /(?<!\.d)\.ts$/.test(name))!;
  return `../${room}/${file.replace(/\.ts$/, '')}`;
}

function pairs(rooms: readonly string[], wanted: (from: number, of: number) => boolean): Import[] {
  return rooms.flatMap((from, i) => rooms.flatMap((of, j) => (
    i !== j && wanted(i, j) ? [{ from: `lib/${from}/probe.ts`, of: moduleOf(of) }] : []
  )));
}

let rooms: string[];

beforeAll(() => {
  rooms = lint([]).rooms;
});

test('every folder under lib/ is a room, and only the public door lies beside them', () => {
  const entries = fs.readdirSync(lib, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name).filter((name) => /(?<!\.d)\.ts$/.test(name));
  expect(folders.sort()).toEqual([...rooms].sort());
  expect(files).toEqual(['index.ts']);
});

test('fails the lint when a room imports a room after it', () => {
  const backwards = pairs(rooms, (from, of) => from < of);
  const { messages } = lint(backwards);
  const missed = backwards.filter((_, i) => !messages[i].some((message) => message.includes('must not know')));
  expect(backwards).toHaveLength(rooms.length * (rooms.length - 1) / 2);
  expect(missed).toEqual([]);
});

test('lets a room import the rooms before it, except the command line the constructs', () => {
  const forwards = pairs(rooms, (from, of) => from > of);
  const { messages } = lint(forwards);
  const refused = forwards.filter((_, i) => messages[i].length > 0);
  expect(refused).toEqual(['validation', 'layers'].map((room) => ({ from: 'lib/cli/probe.ts', of: moduleOf(room) })));
});

const guarded: [string, Import, boolean][] = [
  ['a stage imports CDK', { from: 'lib/pipeline/probe.ts', of: 'aws-cdk-lib/aws-lambda' }, true],
  ['the command line imports constructs', { from: 'lib/cli/probe.ts', of: 'constructs' }, true],
  ['a construct imports CDK', { from: 'lib/layers/probe.ts', of: 'aws-cdk-lib' }, false],
  ['a construct starts a process', { from: 'lib/layers/probe.ts', of: 'node:child_process' }, true],
  ['a stage without that right starts a process', { from: 'lib/cache/probe.ts', of: 'child_process' }, true],
  ['build starts a process', { from: 'lib/build/probe.ts', of: 'node:child_process' }, false],
  ['the bridge starts a process', { from: 'lib/pipeline/bridge.ts', of: 'node:child_process' }, false],
  ['build imports the tool store', { from: 'lib/build/probe.ts', of: '../cache/tool-store' }, false],
  ['a room imports the public door', { from: 'lib/layers/probe.ts', of: '../index' }, true],
];

test('guards CDK, processes and the public door', () => {
  const { messages } = lint(guarded.map(([, probe]) => probe));
  const reported = guarded.map(([what], i) => [what, messages[i].length > 0]);
  expect(reported).toEqual(guarded.map(([what, , forbidden]) => [what, forbidden]));
});
