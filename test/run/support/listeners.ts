import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import type { ExtensionCode } from '../../../lib';

const FOLDER = path.join(__dirname, '../extensions');

/** One extension in three languages: it writes down under its own name what it hears. */
export const LISTENER = {
  python: path.join(FOLDER, 'listener.py'),
  nodejs: path.join(FOLDER, 'listener.js'),
  /** A module. */
  go: path.join(FOLDER, 'go'),
} as const;

/** Go's names of this machine, and of another. */
export const [HERE, ELSEWHERE] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];

/** The option of `ExtensionCode.binary` for this machine. */
export const PROGRAM_HERE = process.arch === 'arm64' ? 'arm64' : 'x86';

export function hasGo(): boolean {
  return spawnSync('go', ['version']).status === 0;
}

/** Compiles the listener into a file. */
export function compileListener(program: string, goarch = HERE): string {
  const env = { ...process.env, GOOS: 'linux', GOARCH: goarch, CGO_ENABLED: '0' };
  const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', program, '.'];
  const { status, stderr } = spawnSync('go', args, { cwd: LISTENER.go, env, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`go build: ${stderr}`);
  }
  return program;
}

/** A second name of a program of the layer, as the ready-made extensions are one program with a name for each. */
export function alias(name: string, target: string, type: 'link' | 'launcher' = 'link'): ExtensionCode {
  return { _render: () => ({ name, source: { type, target }, contents: [] }) } as unknown as ExtensionCode;
}

/** What an extension wrote: without its name, line by line. */
export function linesOf(name: string, logs: string): string[] {
  return logs.split('\n').filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
}
