import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { buildElf } from './build-elf';
import { listFolder, programsOf } from '../../lib/inspect/inspect-folder';
import type { ManifestProgram } from '../../lib/inspect/manifest';
import type { OptEntry } from '../../lib/inspect/opt-tree';
import { readPrograms } from '../../lib/inspect/programs';

const ELF = buildElf({ is64: true, littleEndian: true, machine: 62, versions: [] });
const SHELL = '#!/bin/sh\n';
const REGISTERING = `${SHELL}curl -H "Lambda-Extension-Name: \${0##*/}"\n`;

let folder: string;
let files = 0;

beforeAll(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'programs-')); });
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A tree of files by their contents, and of links by where they lead. */
function treeOf(contents: Readonly<Record<string, string | Buffer | { link: string }>>): OptEntry[] {
  return Object.entries(contents).map(([place, content]): OptEntry => {
    if (typeof content === 'object' && 'link' in content) {
      return { kind: 'link', path: place, target: content.link };
    }
    const source = path.join(folder, String(files++));
    fs.writeFileSync(source, content);
    return { kind: 'file', path: place, mode: 0o755, source };
  });
}

function programOf(content: string | Buffer): ManifestProgram {
  return readPrograms(treeOf({ 'extensions/audit': content }), [])[0];
}

test.each([
  ['a script', '#!/bin/sh\nexit 0\n', 'script', '/bin/sh'],
  ['spaces around the interpreter', '#! \t/bin/sh \t\n', 'script', '/bin/sh'],
  ['no line after the shebang', '#!/bin/sh', 'script', '/bin/sh'],
  ['arguments', '#!/usr/bin/env -S node --x\n', 'script', '/usr/bin/env -S node --x'],
  ['a carriage return', '#!/bin/sh\r\nexit 0\r\n', 'script', '/bin/sh\r'],
  ['nothing after `#!`', '#!\n', 'script', ''],
  ['an empty file', '', 'empty', undefined],
  ['a byte order mark', '\ufeff#!/bin/sh\n', 'bom', undefined],
  ['a program for Windows', 'MZ\x90\0', 'windows', undefined],
  ['a program for macOS', Buffer.from('cffaedfe07000001', 'hex'), 'macos', undefined],
  ['a universal program for macOS', Buffer.from('cafebabe00000002', 'hex'), 'macos', undefined],
  ['a text', '# Audit\n', 'unknown', undefined],
  ['a shebang in the second line', '\n#!/bin/sh\n', 'unknown', undefined],
])('the format of a program with %s is read', (_, content, format, interpreter) => {
  expect(programOf(content)).toMatchObject({ path: 'extensions/audit', format, isExecutable: true });
  expect(programOf(content).interpreter).toBe(interpreter);
});

test('a link in the place of the folder is followed, as Lambda does', () => {
  const tree = treeOf({ 'ext/agent': '# no program\n', 'ext/sub/other': '', 'lib/agent': '', 'extensions': { link: './ext/' } });
  expect(readPrograms(tree, [])).toMatchObject([{ path: 'extensions/agent', format: 'unknown' }]);
});

test('of a shebang no more is read than the system reads', () => {
  expect(programOf(`#!/${'x'.repeat(252)}\n`).interpreter).toHaveLength(253);
  expect(programOf(`#!/${'x'.repeat(2000)}\n`).interpreter).toHaveLength(254);
});

test('machine code is told with its machine', () => {
  expect(programOf(ELF)).toMatchObject({ format: 'elf', machine: 'x86_64', mentionsRegistration: false });
});

test('what lies directly in the folder is a program, hidden files as well, and what is named beside it', () => {
  const tree = treeOf({ 'extensions/.DS_Store': '\0', 'extensions/a': SHELL, 'extensions/lib/b.py': '', 'bin/c': SHELL, 'wrap': SHELL });
  expect(readPrograms(tree, ['wrap']).map(({ path: place }) => place)).toEqual(['extensions/.DS_Store', 'extensions/a', 'wrap']);
});

test('a link is what it leads to, through other links and folders that are links; one that leads to no file is no program', () => {
  const programs = readPrograms(treeOf({
    'tools/audit': REGISTERING,
    'bin': { link: 'tools' },
    'extensions/direct': { link: '../tools/audit' },
    'extensions/through': { link: '../bin/audit' },
    'extensions/twice': { link: 'direct' },
    'extensions/folder': { link: '../tools' },
    'extensions/nothing': { link: '../tools/other' },
    'extensions/round': { link: 'round' },
  }), []);
  expect(programs.map(({ path: place, format }) => `${path.basename(place)} ${format}`)).toEqual([
    'direct script', 'folder link', 'nothing link', 'round link', 'through script', 'twice script',
  ]);
});

test.each([
  ['its text', REGISTERING],
  ['its text, in other case', `${SHELL}LAMBDA-EXTENSION-NAME`],
  ['a text at the end of a large file', `${SHELL}${' '.repeat((1 << 20) - 30)}Lambda-Extension-Name`],
  ['machine code', Buffer.concat([ELF, Buffer.from('Lambda-Extension-Name')])],
  ['machine code of .NET', Buffer.concat([ELF, Buffer.from('Lambda-Extension-Name', 'utf16le')])],
  ['a program that UPX packed, perhaps', Buffer.concat([ELF, Buffer.from('UPX!')])],
  ['a program that PyInstaller made, perhaps', Buffer.concat([ELF, Buffer.from('MEI\x0c\x0b\x0a\x0b\x0e', 'latin1')])],
  ['an archive of Python, perhaps', Buffer.concat([Buffer.from('#!/usr/bin/env python3\n'), Buffer.from('PK\x03\x04')])],
])('a program names the header in %s', (_, content) => {
  expect(programOf(content).mentionsRegistration).toBe(true);
});

test.each([
  ['a package', 'python/audit/client.py', 'HEADER = "Lambda-Extension-Name"'],
  ['a jar, perhaps', 'java/lib/audit.jar', 'PK\x03\x04'],
  ['compressed code, perhaps', 'audit/main.js.gz', gzipSync('x')],
])('a program may leave its registration to %s of the layer', (_, place, content) => {
  expect(readPrograms(treeOf({ 'extensions/a': `${SHELL}exec /opt/${place}`, [place]: content }), [])[0].mentionsRegistration).toBe(true);
  expect(readPrograms(treeOf({ 'extensions/a': ELF, [place]: content }), [])[0].mentionsRegistration).toBe(true);
});

test('a program leaves its registration to another extension only by its name', () => {
  const first = (script: string) => readPrograms(treeOf({ 'extensions/a': script, 'extensions/registering': REGISTERING }), [])[0];
  expect(first(`${SHELL}exec "\${0%/*}/registering" a\n`).mentionsRegistration).toBe(true);
  expect(first(`${SHELL}sleep 1\n`).mentionsRegistration).toBe(false);
});

test.each([
  ['Python', '{"Lambda-Extension-Name": "other"}'],
  ['JavaScript', 'headers: { \'lambda-extension-name\': \'other\' }'],
  ['Ruby', '{ "Lambda-Extension-Name" => "other" }'],
  ['Go', 'request.Header.Set("Lambda-Extension-Name", "other")'],
  ['a shell', 'curl -H \'Lambda-Extension-Name: other\''],
  ['an assignment', 'headers["Lambda-Extension-Name"] = "other"'],
  ['a line of HTTP', 'b"Lambda-Extension-Name: other\\r\\n"'],
])('a name that is written out in %s is read', (_, line) => {
  expect(programOf(`${SHELL}${line}\n`).registersAs).toBe('other');
});

test.each([
  ['a variable of JavaScript', '{ \'Lambda-Extension-Name\': basename(__filename) }'],
  ['a variable of Python', '{"Lambda-Extension-Name": agent_name}'],
  ['a variable of a shell', 'curl -H "Lambda-Extension-Name: $NAME"'],
  ['a text of Python with a variable', 'f"Lambda-Extension-Name: {name}"'],
  ['a comment', '# Lambda-Extension-Name: required'],
  ['two names', '"Lambda-Extension-Name": "one"; "Lambda-Extension-Name": "two"'],
])('%s is taken for no name', (_, line) => {
  expect(programOf(`${SHELL}${line}\n`)).toMatchObject({ mentionsRegistration: true });
  expect(programOf(`${SHELL}${line}\n`)).not.toHaveProperty('registersAs');
});

test('of a folder, what not everyone may execute is not executable', () => {
  const root = fs.mkdtempSync(path.join(folder, 'layer-'));
  fs.mkdirSync(path.join(root, 'extensions/sub'), { recursive: true });
  for (const [name, mode] of [['all', 0o755], ['owner', 0o744], ['none', 0o644], ['sub/x', 0o644]] as const) {
    fs.writeFileSync(path.join(root, 'extensions', name), SHELL);
    fs.chmodSync(path.join(root, 'extensions', name), mode);
  }
  expect(programsOf(listFolder(root)).map(({ path: place, isExecutable }) => [place, isExecutable])).toEqual([
    ['extensions/all', true], ['extensions/none', false], ['extensions/owner', false],
  ]);
});

test('any bytes are read, and only those that begin with `#!` are a script', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('', '#!', '\x7fELF', 'MZ'), (bytes, begin) => {
    const content = Buffer.concat([Buffer.from(begin, 'latin1'), bytes]);
    const program = programOf(content);
    expect(program.format === 'script').toBe(content.toString('latin1').startsWith('#!'));
    expect(program.interpreter?.length ?? 0).toBeLessThan(255);
  }), { numRuns: 200 });
});
