import { Token } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { failOn, type Fault } from '../../common/fault';
import { secretId } from '../stored-values';

/** Options of a bucket as a destination. */
export interface TelemetryBucketOptions {
  /**
   * What the keys of the objects begin with.
   *
   * @default 'lambda-telemetry/'
   */
  readonly prefix?: string;
}

/** Options of an OTLP endpoint. */
export interface TelemetryOtlpOptions {
  /**
   * A secret with the headers that the endpoint asks for, as a JSON object of names and values. Functions are granted to read it.
   *
   * @default - no headers
   */
  readonly headers?: ISecret;
}

/** What a destination is, as the extension reads it, and the permission that it needs. */
export interface RenderedDestination {
  /** Values may be tokens. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly grant?: (grantee: IGrantable) => void;
}

/** Where telemetry goes. */
export class TelemetryDestination {
  /** A stream of Amazon Data Firehose: a JSON record for each event. */
  public static firehose(stream: IDeliveryStream): TelemetryDestination {
    return new TelemetryDestination({
      config: { kind: 'firehose', stream: stream.deliveryStreamName },
      grant: (grantee) => Grant.addToPrincipal({ grantee, actions: ['firehose:PutRecordBatch'], resourceArns: [stream.deliveryStreamArn] }),
    });
  }

  /** A bucket: compressed objects with a line of JSON for each event. */
  public static s3(bucket: IBucket, options: TelemetryBucketOptions = {}): TelemetryDestination {
    const { prefix = 'lambda-telemetry/' } = options;
    return new TelemetryDestination({
      config: { kind: 's3', bucket: bucket.bucketName, prefix },
      grant: (grantee) => grantWrite(bucket, prefix, grantee),
    }, prefixFaults(prefix));
  }

  /**
   * A collector of OpenTelemetry, by OTLP over HTTP with JSON.
   *
   * @param endpoint without the path of a signal, such as `https://otlp.example.com`
   */
  public static otlp(endpoint: string, options: TelemetryOtlpOptions = {}): TelemetryDestination {
    const { headers } = options;
    return new TelemetryDestination({
      config: { kind: 'otlp', endpoint, ...headers === undefined ? {} : { headersSecret: secretId(headers) } },
      grant: headers === undefined ? undefined : (grantee) => headers.grantRead(grantee),
    }, endpointFaults(endpoint, headers !== undefined));
  }

  /** The function's own log, of which CloudWatch makes metrics (embedded metric format). Logs are in there anyway: only metrics are written. */
  public static emf(): TelemetryDestination {
    return new TelemetryDestination({ config: { kind: 'emf' } });
  }

  private constructor(private readonly rendered: RenderedDestination, private readonly faults: readonly Fault[] = []) {}

  /**
   * The destination as plain data, or what is wrong with it: told by the layer, whose path is known.
   *
   * @internal
   */
  public _render(): RenderedDestination {
    failOn(this.faults);
    return this.rendered;
  }
}

function prefixFaults(prefix: string): Fault[] {
  return Token.isUnresolved(prefix) || !/[*?$]/.test(prefix) ? [] : [{
    what: 'the prefix of the bucket would be a pattern in the permission to write there', got: JSON.stringify(prefix),
    allowed: 'no `*`, `?` or `$`', fix: 'name the folder that telemetry goes to',
  }];
}

function endpointFaults(endpoint: string, hasHeaders: boolean): Fault[] {
  const isOpen = hasHeaders && /^http:\/\/(?!(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$))/.test(endpoint);
  const isEndpoint = /^https?:\/\/[^/@?#\s]+(?:\/[^?#\s]*)?$/.test(endpoint) && URL.canParse(endpoint);
  return Token.isUnresolved(endpoint) || (isEndpoint && !isOpen) ? [] : [{
    what: isOpen ? 'secret headers would be sent without encryption' : 'this is no endpoint for telemetry',
    got: endpoint.replace(/\/\/[^/]*@/, '//****@').replace(/[?#].*/s, '?****'),
    allowed: 'a URL such as https://otlp.example.com, without credentials and without a query; http:// without `headers`',
    fix: 'correct it; put credentials into a secret, and name it in `headers`',
  }];
}

/** Of CDK's own grants each lets in more than writing objects. S3 needs `kms:Decrypt` besides where the bucket has a bucket key. */
function grantWrite(bucket: IBucket, prefix: string, grantee: IGrantable): void {
  Grant.addToPrincipalOrResource({ grantee, actions: ['s3:PutObject'], resourceArns: [bucket.arnForObjects(`${prefix}*`)], resource: bucket });
  bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt');
}
