import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from './measure';
import { lockFolder, targetOf, type PackageSet, type RuntimeName } from './sets';
import type { PythonLayerVersionWish } from './synth';
import type { Workspace } from './workspace';

/** Built against the lowest CDK that we take, which is the one installed here. */
const PACKAGE = '@aws-cdk/aws-lambda-python-alpha@2.250.0-alpha.0';

/** The image that PythonLayerVersion starts from here. */
const BASE_IMAGE = 'cdk-lambda-layers-bench';

export interface OpenPythonLayerVersion {
  readonly image: string;
  layerOf(set: PackageSet): PythonLayerVersionWish;
  close(): void;
}

/** PythonLayerVersion with its image built, or why it cannot be had. */
export function openPythonLayerVersion(workspace: Workspace, runtime: RuntimeName): OpenPythonLayerVersion | { readonly missing: string } {
  if (spawnSync('docker', ['info'], { stdio: 'ignore' }).status !== 0) {
    return { missing: 'Docker does not answer' };
  }
  const image = targetOf(runtime).buildImage;
  try {
    const installedIn = install(workspace);
    buildBaseImage(workspace, image);
    buildImage(workspace, installedIn);
    return {
      image,
      layerOf: (set) => ({ id: `Layer${set.name}`, folder: lockFolder(set, runtime), installedIn, image: BASE_IMAGE }),
      close: () => void spawnSync('docker', ['rmi', '--force', BASE_IMAGE], { stdio: 'ignore' }),
    };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

/** Installs the package alone: CDK is ours, so that there is only one of it. */
function install(workspace: Workspace): string {
  const folder = workspace.fresh('python-alpha');
  fs.mkdirSync(folder);
  const file = path.join(folder, 'package.json');
  fs.writeFileSync(file, '{}');
  run({ command: 'npm', args: ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', PACKAGE], cwd: folder, env: workspace.env });
  for (const peer of ['aws-cdk-lib', 'constructs']) {
    fs.symlinkSync(path.dirname(require.resolve(`${peer}/package.json`)), path.join(folder, 'node_modules', peer));
  }
  return file;
}

/** The runtime's build image with this machine's certificates, and with what it has and a stand-in for it may lack. */
function buildBaseImage(workspace: Workspace, image: string): void {
  const folder = workspace.fresh('image');
  fs.mkdirSync(folder);
  const certificates = workspace.env.SSL_CERT_FILE;
  fs.writeFileSync(path.join(folder, 'certificates.pem'), certificates === undefined ? '' : fs.readFileSync(certificates));
  fs.writeFileSync(path.join(folder, 'Dockerfile'), [
    `FROM ${image}`,
    'RUN (command -v python && command -v rsync) || \\',
    '    (apt-get update && apt-get install --yes --no-install-recommends python-is-python3 python3-venv rsync)',
    ...(certificates === undefined ? [] : [
      'COPY certificates.pem /certificates.pem',
      'RUN chmod 644 /certificates.pem',
      'ENV PIP_CERT=/certificates.pem SSL_CERT_FILE=/certificates.pem REQUESTS_CA_BUNDLE=/certificates.pem',
    ]),
    '',
  ].join('\n'));
  run({ command: 'docker', args: ['build', '--quiet', '--tag', BASE_IMAGE, folder], env: workspace.env });
}

/** What PythonLayerVersion asks for at its first synth; it finds the result in Docker's cache from then on. */
function buildImage(workspace: Workspace, installedIn: string): void {
  const folder = path.join(path.dirname(installedIn), 'node_modules', '@aws-cdk', 'aws-lambda-python-alpha', 'lib');
  const args = ['build', '--quiet', '--build-arg', `IMAGE=${BASE_IMAGE}`, '--platform', 'linux/amd64', folder];
  run({ command: 'docker', args, env: workspace.env });
}
