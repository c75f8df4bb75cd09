import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import {
  ConfigExtension, ExtensionCode, ExtensionLayer, SecretsExtension, SecurityExtension, TelemetryDestination, TelemetryExtension,
  type IAttachableLayer,
} from '../../lib';
import { hasGo, LISTENER } from '../../test/run/support/listeners';
import { PARAMETER, SECRET_ARN, Services } from '../../test/run/support/services';
import type { RunningFunction } from '../../test/run/support/start-function';
import { TestApp } from '../../test/run/support/test-app';
import { pythonRuntimes } from '../../test/run/support/tools';
import { Workshop } from '../../test/run/support/workshop';
import type { LayerFolders } from '../layer-folders';
import { median, spread } from '../measure';
import type { Options } from '../options';
import { judge, printTable, say, sayProgress } from '../report';
import type { Workspace } from '../workspace';

const INIT_AT_MOST_MS = 15;
const MEMORY_AT_MOST_MB = 25;
const EVENTS = 200;

const [WITHOUT, WITH] = ['Without', 'With'];

interface MeasuredExtension {
  /** That of its file in `/opt/extensions`. */
  readonly name: string;
  readonly layerIn: (scope: Construct) => IAttachableLayer;
}

/** One of our own that does nothing, and the ready-made ones. */
const EXTENSIONS: readonly MeasuredExtension[] = [
  {
    name: 'listener',
    layerIn: (scope) => new ExtensionLayer(scope, 'Listener', { extensions: [ExtensionCode.goModule(LISTENER.go, { name: 'listener' })] }),
  },
  {
    name: 'telemetry-extension',
    layerIn: (scope) => new TelemetryExtension(scope, 'Telemetry', { destination: TelemetryDestination.emf() }),
  },
  {
    name: 'config-extension',
    layerIn: (scope) => new ConfigExtension(scope, 'Config', { parameters: [StringParameter.fromStringParameterName(scope, 'Level', PARAMETER)] }),
  },
  {
    name: 'secrets-extension',
    layerIn: (scope) => new SecretsExtension(scope, 'Secrets', { secrets: [Secret.fromSecretCompleteArn(scope, 'Db', SECRET_ARN)] }),
  },
  { name: 'security-extension', layerIn: (scope) => new SecurityExtension(scope, 'Security', {}) },
];

/** What extensions add to the start of a Python function in AWS's emulator, and the memory that they take. */
export async function extensions(_workspace: Workspace, { quick }: Options, _folders: LayerFolders): Promise<void> {
  const [runtime] = pythonRuntimes();
  if (runtime === undefined || !hasGo()) {
    say('\nExtensions are not measured: that needs Go, and scripts/fetch-emulator.sh');
    return;
  }
  const here = new Workshop();
  const services = await Services.start();
  try {
    const starts = quick ? 5 : 30;
    const rows = [];
    for (const extension of EXTENSIONS) {
      rows.push(await measure(here, runtime, extension, starts, services));
    }
    printTable(
      `Start of a ${runtime} function with an extension: median of ${starts}, in turns with the same function without`,
      ['extension', 'init without', 'init with', 'ms more', `memory after ${EVENTS} events, MB`],
      rows,
    );
  } finally {
    await here.close();
    services.close();
  }
}

async function measure(
  here: Workshop, runtime: string, { name, layerIn }: MeasuredExtension, starts: number, services: Services,
): Promise<string[]> {
  sayProgress(`${starts} starts with ${name}`);
  const app = new TestApp(here);
  app.newFunction(runtime, WITHOUT);
  layerIn(app.stack).attachTo(app.newFunction(runtime, WITH));
  const env = { AWS_ENDPOINT_URL: services.url };
  const start = async (id: string): Promise<RunningFunction> => app.start(id, { env: { ...app.inTemplate(id).env, ...env } });
  // These fill the disk's cache as well.
  await initSeconds(await start(WITHOUT));
  const memory = await peakMegabytes(await start(WITH), name);
  const seconds: Readonly<Record<string, number[]>> = { [WITHOUT]: [], [WITH]: [] };
  for (let round = 0; round < starts; round++) {
    for (const id of round % 2 === 0 ? [WITHOUT, WITH] : [WITH, WITHOUT]) {
      seconds[id].push(await initSeconds(await start(id)));
    }
  }
  const more = (median(seconds[WITH]) - median(seconds[WITHOUT])) * 1000;
  return [
    name, spread(seconds[WITHOUT], 'ms'), spread(seconds[WITH], 'ms'),
    judge(`init of a function with ${name}, ms more`, more, { atMost: INIT_AT_MOST_MS }),
    judge(`memory of ${name}, MB`, memory, { atMost: MEMORY_AT_MOST_MB }),
  ];
}

async function initSeconds(fn: RunningFunction): Promise<number> {
  await answer(fn);
  await fn.stop();
  return fn.initMs / 1000;
}

async function peakMegabytes(fn: RunningFunction, extension: string): Promise<number> {
  for (let event = 0; event < EVENTS; event++) {
    await answer(fn);
  }
  const bytes = fn.peakBytesOf(extension);
  await fn.stop();
  return bytes / 1_000_000;
}

async function answer(fn: RunningFunction): Promise<void> {
  const { outcome, emulatorLog } = await fn.invoke({});
  if (outcome !== 'answer') {
    throw new Error(`the function does not answer: ${emulatorLog}`);
  }
}
