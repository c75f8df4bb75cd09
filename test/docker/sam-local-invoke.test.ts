import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { docker, describeWithDocker, IMAGE, TARGET } from './support';
import { UrlShortenerStack } from '../../examples/url-shortener/url-shortener-stack';

const TOOLS = path.resolve(__dirname, '../../.run-tools');
const RUNTIME = path.join(TOOLS, TARGET.runtime, 'runtime');
const BOOTSTRAPS = path.resolve(__dirname, '../run/support');

/** What SAM starts functions of the runtime in. */
const LAMBDA_IMAGE = `public.ecr.aws/lambda/python:${TARGET.pythonVersion}-x86_64`;

const isFetched = [path.join(TOOLS, 'sam'), RUNTIME].every((folder) => fs.existsSync(folder));
const describeWithSam = isFetched ? describeWithDocker : describe.skip;

/** A stand-in for Lambda's image: the one that layers are built in, with AWS's client for the runtime and what the run tests start it with. */
function makeLambdaImage(): void {
  const container = `cdk-lambda-layers-test-sam-${process.pid}`;
  const python = `python${TARGET.pythonVersion}`;
  const prepare = `mkdir -p /var/task /var/lang/bin && ln -s "$(command -v ${python})" /var/lang/bin/`;
  docker('run', '--name', container, '--entrypoint', 'sh', IMAGE, '-ec', prepare);
  try {
    docker('cp', RUNTIME, `${container}:/var/runtime`);
    for (const name of ['bootstrap', 'bootstrap.py']) {
      docker('cp', path.join(BOOTSTRAPS, name), `${container}:/var/runtime/${name}`);
    }
    const env = {
      AWS_EXECUTION_ENV: `AWS_Lambda_${TARGET.runtime}`, LAMBDA_TASK_ROOT: '/var/task', LAMBDA_RUNTIME_DIR: '/var/runtime',
      PYTHONPATH: '/var/runtime',
    };
    const changes = ['WORKDIR /var/task', ...Object.entries(env).map(([name, value]) => `ENV ${name}=${value}`)];
    docker('commit', ...changes.flatMap((change) => ['--change', change]), container, LAMBDA_IMAGE);
  } finally {
    docker('rm', container);
  }
}

/** What SAM makes of Lambda's image and layers. */
function samImages(): string[] {
  return docker('images', '--format', '{{.Repository}}:{{.Tag}}').split('\n').filter((name) => name.startsWith('samcli/lambda-'));
}

describeWithSam('sam local invoke on the synthesised template', () => {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'sam-test-'));
  const isReal = spawnSync('docker', ['image', 'inspect', LAMBDA_IMAGE]).status === 0;

  let before: string[];

  beforeAll(() => {
    before = samImages();
    if (!isReal) {
      makeLambdaImage();
    }
  });

  afterAll(() => {
    const made = samImages().filter((name) => !before.includes(name));
    docker('rmi', '--force', ...made, ...(isReal ? [] : [LAMBDA_IMAGE]));
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('runs a function with the layer that the context key lays out', () => {
    const context = { 'cdk-lambda-layers:sam': true, 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:enable-path-metadata': true };
    const app = new App({ outdir: path.join(folder, 'cdk.out'), context });
    const stack = new UrlShortenerStack(app, 'UrlShortener', { runtime: new Runtime(TARGET.runtime) });
    const template = app.synth().getStackByName(stack.stackName).templateFullPath;
    const event = path.join(folder, 'event.json');
    fs.writeFileSync(event, JSON.stringify({ queryStringParameters: { text: 'hello' } }));

    const args = ['local', 'invoke', 'QrCode', '--template', template, '--skip-pull-image', '--event', event];
    const output = execFileSync('python3', ['-m', 'samcli', ...args], {
      encoding: 'utf8', timeout: 300_000, cwd: folder,
      env: {
        PATH: process.env.PATH, HOME: folder, PYTHONPATH: path.join(TOOLS, 'sam'), SAM_CLI_TELEMETRY: '0', AWS_DEFAULT_REGION: 'us-east-1',
      },
    });
    const answer = JSON.parse(output.trim().split('\n').at(-1)!);
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'Content-Type': 'image/svg+xml' } });
    expect(answer.body).toContain('<path d="M4,4H5');
  });
});
