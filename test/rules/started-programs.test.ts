import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { contentOf, functionOf, layerOf } from './support';
import { listFolder, programsOf } from '../../lib/inspect/inspect-folder';
import { extensionInterpreter } from '../../lib/rules/extension-interpreter';
import { PROGRAM_RULES } from '../../lib/rules/extension-program';
import { programFindings } from '../../lib/rules/program-rule';

/** Starts each file as Lambda does, without a shell that would stand in for a missing shebang, and says what became of it. */
const START_ALL = `
import subprocess, sys
for file in sys.argv[1:]:
    try:
        print("ended with", subprocess.run([file], stdin=subprocess.DEVNULL, capture_output=True, timeout=10).returncode)
    except OSError as error:
        print(error.strerror)
`;

const REST = '# Lambda-Extension-Name\nexit 0\n';
const filler = (bytes: number): string => '/.'.repeat(bytes / 2);

/** What the system makes of files, and the rule that says so. */
const CASES: readonly (readonly [what: string, content: string, mode: number, became: string, rule?: string])[] = [
  ['a script', `#!/bin/sh\n${REST}`, 0o755, 'ended with 0'],
  ['spaces before the interpreter', `#! \t /bin/sh\n${REST}`, 0o755, 'ended with 0'],
  ['an argument and spaces behind it', `#!/bin/sh -e \t\n${REST}`, 0o755, 'ended with 0'],
  ['env', `#!/usr/bin/env sh\n${REST}`, 0o755, 'ended with 0'],
  ['env -S', `#!/usr/bin/env -S A=b sh -e\n${REST}`, 0o755, 'ended with 0'],
  ['the longest first line', `#!${filler(246)}/bin/sh\n${REST}`, 0o755, 'ended with 0'],
  ['a first line that is longer', `#!${filler(248)}/bin/sh\n${REST}`, 0o755, 'Exec format error', 'ExtensionShebang'],
  ['no permission', `#!/bin/sh\n${REST}`, 0o644, 'Permission denied', 'ExtensionMode'],
  ['a carriage return', `#!/bin/sh\r\n${REST}`, 0o755, 'No such file or directory', 'ExtensionShebang'],
  ['a byte order mark', `\ufeff#!/bin/sh\n${REST}`, 0o755, 'Exec format error', 'ExtensionShebang'],
  ['nothing in it', '', 0o755, 'Exec format error', 'ExtensionShebang'],
  ['no shebang', REST, 0o755, 'Exec format error', 'ExtensionShebang'],
  ['an empty shebang', `#! \n${REST}`, 0o755, 'Exec format error', 'ExtensionShebang'],
  ['an interpreter that is not there', `#!/usr/bin/nothing\n${REST}`, 0o755, 'No such file or directory', 'ExtensionInterpreter'],
  ['an interpreter of a layer that is not there', `#!/opt/bin/nothing\n${REST}`, 0o755, 'No such file or directory', 'ExtensionInterpreter'],
  ['env and a program that is not there', `#!/usr/bin/env nothing\n${REST}`, 0o755, 'ended with 127', 'ExtensionInterpreter'],
  ['env and arguments without -S', `#!/usr/bin/env sh -e\n${REST}`, 0o755, 'ended with 127', 'ExtensionShebang'],
  ['a text without permission', 'Read me\n', 0o644, 'Permission denied', 'ExtensionStray'],
];

let root: string;

beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'started-'));
  fs.mkdirSync(path.join(root, 'extensions'));
  CASES.forEach(([, content, mode], number) => {
    fs.writeFileSync(fileOf(number), content);
    fs.chmodSync(fileOf(number), mode);
  });
});
afterAll(() => fs.rmSync(root, { recursive: true }));

function fileOf(number: number): string {
  return path.join(root, 'extensions', String(number).padStart(2, '0'));
}

test('the system starts what the rules pass, and nothing else', () => {
  const { stdout } = spawnSync('python3', ['-c', START_ALL, ...CASES.map((_, number) => fileOf(number))], { encoding: 'utf8' });
  expect(stdout.trim().split('\n').map((became, number) => [CASES[number][0], became])).toEqual(CASES.map(([what, , , became]) => [what, became]));
});

test('the rules say of each file whether the system starts it', () => {
  const programs = programsOf(listFolder(root));
  const verdicts = programs.map((program) => {
    const layer = layerOf('Audit', { content: contentOf({ programs: [program] }) });
    return [
      ...PROGRAM_RULES.filter(({ checkProgram }) => programFindings(checkProgram, layer, [program], 'Shop/Audit').length > 0).map(({ id }) => id),
      ...extensionInterpreter.checkFunction!(functionOf([layer])).map(() => extensionInterpreter.id),
    ];
  });
  expect(verdicts.map((rules, number) => [CASES[number][0], ...rules])).toEqual(CASES.map(([what, , , , ...rule]) => [what, ...rule]));
});
