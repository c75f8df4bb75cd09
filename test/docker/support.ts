import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DockerWorkbench, type DockerWorkbenchOptions } from '../../lib/build/docker-workbench';
import { pythonTarget } from '../../lib/target/runtimes';
import type { Target } from '../../lib/target/target';

/** What the tests build for; scripts/start-docker.sh provides its image. */
export const TARGET: Target = pythonTarget('python3.11', 'x86_64')!;
export const IMAGE = TARGET.buildImage;

/** `describe` where an engine answers and has the image; elsewhere the tests count as skipped. */
export const describeWithDocker = spawnSync('docker', ['image', 'inspect', IMAGE]).status === 0 ? describe : describe.skip;

export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Names of our containers, running or not, of one layer. */
export function containersOf(place: string): string[] {
  return docker('ps', '--all', '--filter', `label=cdk-lambda-layers=${place}`, '--format', '{{.Names}}').split('\n').filter((name) => name !== '');
}

const DERIVED = 'cdk-lambda-layers-test';

/** An image that is the build image after a script ran in it. */
export function deriveImage(name: string, script: string, ...changes: readonly string[]): string {
  const image = `${DERIVED}:${name}`;
  const container = `cdk-lambda-layers-test-${name}-${process.pid}`;
  docker('run', '--name', container, '--entrypoint', 'sh', IMAGE, '-ec', script);
  docker('commit', ...changes.flatMap((change) => ['--change', change]), container, image);
  docker('rm', container);
  return image;
}

/** Leaves the engine as it was before the tests. */
export function removeDerivedImages(): void {
  const images = docker('images', '--quiet', DERIVED).split('\n').filter((id) => id !== '');
  if (images.length > 0) {
    docker('rmi', '--force', ...new Set(images));
  }
}

let imageWithUv: string | undefined;

/** Spares the tests that follow an installation of uv each: they run in an image that has the pinned one. */
export async function useImageWithUv(): Promise<void> {
  const bench = new Bench();
  await bench.open();
  const [container] = containersOf(bench.place);
  docker('exec', '--user', '0', container, 'cp', '/work-tools/uv/bin/uv', '/usr/local/bin/uv');
  imageWithUv = `${DERIVED}:with-pinned-uv`;
  docker('commit', container, imageWithUv);
  await bench.close();
}

/** Folders and workbenches of one test, gone after it. */
export class Bench {
  private readonly opened: DockerWorkbench[] = [];
  public readonly workFolder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'docker-test-'));
  public readonly announced: string[] = [];
  /** The construct path of this test's layer, which its containers are labelled with. */
  public readonly place = `Test/${path.basename(this.workFolder)}`;

  public async open(options: Partial<DockerWorkbenchOptions> = {}): Promise<DockerWorkbench> {
    const bench = await DockerWorkbench.open({
      workFolder: this.workFolder,
      target: TARGET,
      image: imageWithUv,
      reason: 'the test wants it',
      place: this.place,
      announce: (line) => this.announced.push(line),
      ...options,
    });
    this.opened.push(bench);
    return bench;
  }

  /** Writes a file below the work folder. */
  public write(file: string, content: string, mode = 0o644): void {
    const absolute = path.join(this.workFolder, file);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.writeFileSync(absolute, content, { mode });
  }

  public async close(): Promise<void> {
    await Promise.all(this.opened.map((bench) => bench.dispose()));
    fs.rmSync(this.workFolder, { recursive: true, force: true });
  }
}

/** Sets environment variables for one piece of work; undefined removes one. */
export async function withEnvironment<T>(variables: Readonly<Record<string, string | undefined>>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  const set = (values: Readonly<Record<string, string | undefined>>): void => Object.entries(values).forEach(([name, value]) => {
    if (value === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = value;
    }
  });
  set(variables);
  try {
    return await work();
  } finally {
    set(Object.fromEntries(Object.keys(variables).map((name) => [name, before[name]])));
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !holds();) {
    if (Date.now() > end) {
      throw new Error(`did not happen within ${seconds} s: ${holds}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
