import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkStatic } from '../../lib/pipeline/compile-program';
import { snapshotOf } from '../support/programs';
import { Sandbox, type AppBody } from '../support/sandbox';

const ROUNDS = 4;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  for (const crate of ['first', 'second']) {
    sandbox.write(`${crate}/Cargo.toml`, `[package]\nname = "${crate}"\nversion = "0.1.0"\nedition = "2021"\n`);
    sandbox.write(`${crate}/Cargo.lock`, `version = 3\n\n[[package]]\nname = "${crate}"\nversion = "0.1.0"\n`);
    sandbox.write(`${crate}/src/main.rs`, `fn main() { print!("lambda-extension-name ${crate}"); }\n`);
  }
  sandbox.write('third/go.mod', 'module example.com/third\n\ngo 1.21\n');
  sandbox.write('third/main.go', 'package main\n\nfunc main() { println("Lambda-Extension-Name") }\n');
});

afterEach(() => sandbox.remove());

const LOCAL = { CDK_LAMBDA_LAYERS_BUNDLING: 'local' };

const agents: AppBody = ({ stack, ExtensionLayer, ExtensionCode }) => {
  if (process.env.WITHOUT_PROCESSES !== undefined) {
    const processes = process.getBuiltinModule('node:child_process') as unknown as Record<string, unknown>;
    for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
      processes[name] = () => {
        throw new Error(`${name} was called`);
      };
    }
  }
  return new ExtensionLayer(stack, 'Agents', {
    extensions: [ExtensionCode.rustCrate('first'), ExtensionCode.rustCrate('second'), ExtensionCode.goModule('third')],
  }).manifest;
};

test('two crates and a module in one layer; a warm synth starts no process and prints nothing', async () => {
  const cold = await sandbox.synth(agents, { env: LOCAL });
  expect(cold.message).toBeUndefined();
  expect((cold.result as { programs: { path: string }[] }).programs.map((one) => one.path)).toEqual([
    'extensions/first', 'extensions/second', 'extensions/third',
  ]);
  const warm = await sandbox.synth(agents, { env: { PATH: '/nowhere', WITHOUT_PROCESSES: '1' }, outdir: 'out/warm' });
  expect(warm).toMatchObject({ code: 0, result: cold.result, stderr: '' });
});

test('layers with a crate each are compiled side by side', async () => {
  const app = sandbox.write('app.js', `
    const { App, Stack } = require(${JSON.stringify(require.resolve('aws-cdk-lib'))});
    const { ExtensionCode, ExtensionLayer } = require(${JSON.stringify(path.join(__dirname, '../../lib'))});
    const stack = new Stack(new App(), 'App');
    new ExtensionLayer(stack, 'First', { extensions: [ExtensionCode.rustCrate('first')] });
    new ExtensionLayer(stack, 'Second', { extensions: [ExtensionCode.rustCrate('second')] });
    new ExtensionLayer(stack, 'Third', { extensions: [ExtensionCode.goModule('third')] });
  `);
  const run = await sandbox.cli(['build', '--', process.execPath, app], { env: LOCAL });
  expect(run).toMatchObject({ code: 0, stdout: '3 layers: 3 built, 0 cached, 0 failed\n' });
});

test('a synth that is killed while compilers run leaves the folders of the sources as they were', async () => {
  const before = snapshotOf(sandbox.path('app'));
  const began = Date.now();
  const whole = await sandbox.synth(agents, { env: { ...LOCAL, CDK_LAMBDA_LAYERS_CACHE: sandbox.path('whole') }, outdir: 'out/whole' });
  const duration = Date.now() - began;
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = sandbox.start(agents, { env: LOCAL, outdir: `out/${round}` });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await delay(duration * (0.3 + 0.5 * round / ROUNDS));
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
    expect(snapshotOf(sandbox.path('app'))).toEqual(before);
    fs.rmSync(sandbox.path('cache'), { recursive: true });
  }
  const next = await sandbox.synth(agents, { env: LOCAL, outdir: 'out/next' });
  expect(next.result).toEqual(whole.result);
});

test.each([
  ['a program that needs a loader', '/bin/sh', process.arch === 'arm64' ? 'arm64' : 'x86_64', 'which needs the loader /lib'],
  ['a program for another machine', '/bin/sh', process.arch === 'arm64' ? 'x86_64' : 'arm64', process.arch === 'arm64' ? 'arm64' : 'x86_64'],
  ['what is no program', __filename, 'x86_64', 'no program for Linux'],
] as const)('%s is refused after it was compiled', (_what, program, architecture, said) => {
  expect(() => checkStatic(program, architecture, 'agent')).toThrow(said);
});
