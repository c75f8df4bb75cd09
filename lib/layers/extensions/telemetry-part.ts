import { SizeRoundingBehavior, Token, type Duration, type Size } from 'aws-cdk-lib';
import type { ExtensionPart } from './extension-part';
import { emptyFaults, wholeSeconds } from './settings';
import type { TelemetryDestination } from './telemetry-destination';
import { failOn, type Fault } from '../../common/fault';
import { jsonText } from '../json-text';

/** Where the extension finds its settings. runtime/extensions knows the format. */
const VARIABLE = 'TELEMETRY_EXTENSION_CONFIG';

/** Two of the largest events must have a place: one that is under way and one that comes. */
const SMALLEST_BUFFER = 2 * 1024 * 1024;
const LARGEST_BUFFER = 16 * 1024 * 1024;
const DEFAULT_BUFFER = 4 * 1024 * 1024;
const DEFAULT_FLUSH_SECONDS = 10;

/** Lambda keeps an idle environment not much longer. */
const LONGEST_FLUSH_SECONDS = 300;

/** What Lambda tells of a function. */
export enum TelemetryType {
  /** Starts, ends, durations and errors, of which metrics are made. */
  PLATFORM = 'platform',
  /** What the function logs. */
  FUNCTION = 'function',
  /** What extensions log. */
  EXTENSION = 'extension',
}

/** Options of the extension that ships telemetry. */
export interface TelemetryExtensionOptions {
  /**
   * Where telemetry goes.
   */
  readonly destination: TelemetryDestination;

  /**
   * What is shipped. Metrics need TelemetryType.PLATFORM.
   *
   * @default - TelemetryType.PLATFORM and TelemetryType.FUNCTION
   */
  readonly types?: TelemetryType[];

  /**
   * Namespace of the metrics: cold starts, durations of init, function and extensions, errors, and events that had to be dropped.
   *
   * @default 'LambdaExtensions'
   */
  readonly metricNamespace?: string;

  /**
   * How long events wait for others before they are sent. Whole seconds, one to 300.
   *
   * @default Duration.seconds(10)
   */
  readonly flush?: Duration;

  /**
   * How much memory waiting events can take, 2 MiB to 16 MiB. What does not fit, because the destination does not answer, is dropped and counted.
   *
   * @default Size.mebibytes(4)
   */
  readonly buffer?: Size;
}

/** The part that it is of a layer. */
export function telemetryPart(options: TelemetryExtensionOptions): ExtensionPart {
  const { types = [TelemetryType.PLATFORM, TelemetryType.FUNCTION], metricNamespace: namespace = 'LambdaExtensions' } = options;
  const bufferBytes = bytesOf(options.buffer);
  const flushSeconds = wholeSeconds('flush', options.flush) ?? DEFAULT_FLUSH_SECONDS;
  const { config: destination, grant } = options.destination._render();
  failOn([
    ...emptyFaults('types', types, 'name what is shipped, or leave `types` out'),
    ...metricFaults(types, destination.kind), ...namespaceFaults(namespace), ...bufferFaults(bufferBytes),
    ...flushFaults(flushSeconds),
  ]);
  const config = { types, destination, namespace, bufferBytes, flushSeconds };
  return { name: 'telemetry-extension', contents: [], environment: (scope) => ({ [VARIABLE]: jsonText(scope, config) }), grant };
}

function metricFaults(types: readonly TelemetryType[], destination: unknown): Fault[] {
  return destination !== 'emf' || types.length === 0 || types.includes(TelemetryType.PLATFORM) ? [] : [{
    what: 'the destination `emf` takes metrics alone, and `types` leaves out what they are made of',
    got: types.join(', '), allowed: 'types with TelemetryType.PLATFORM', fix: 'add it, or take another destination',
  }];
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
function namespaceFaults(namespace: string): Fault[] {
  return Token.isUnresolved(namespace) || /^(?!AWS\/)[\w./#:-]{1,255}$/.test(namespace) ? [] : [{
    what: '`metricNamespace` is none for metrics', got: JSON.stringify(namespace),
    allowed: '1 to 255 of letters, digits and ./_-#:, not beginning with AWS/',
    fix: 'take a name such as Shop/Functions',
  }];
}

/** Undefined for a size that is only known at deployment. */
function bytesOf(buffer: Size | undefined): number | undefined {
  return buffer?.isUnresolved() === true ? undefined : buffer?.toBytes({ rounding: SizeRoundingBehavior.FLOOR }) ?? DEFAULT_BUFFER;
}

function bufferFaults(bytes: number | undefined): Fault[] {
  return bytes !== undefined && bytes >= SMALLEST_BUFFER && bytes <= LARGEST_BUFFER ? [] : [{
    what: '`buffer` is too small for a batch of telemetry, or takes too much of the function\'s memory',
    got: bytes === undefined ? 'a size that is only known at deployment' : `${bytes} bytes`,
    allowed: '2 MiB to 16 MiB', fix: 'give a size such as Size.mebibytes(4)',
  }];
}

function flushFaults(seconds: number): Fault[] {
  return seconds <= LONGEST_FLUSH_SECONDS ? [] : [{
    what: '`flush` lets events wait for longer than Lambda may keep an idle environment',
    got: `${seconds} s`, allowed: `1 to ${LONGEST_FLUSH_SECONDS} s`, fix: 'give a time such as Duration.seconds(10)',
  }];
}
