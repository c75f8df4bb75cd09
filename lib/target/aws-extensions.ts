/** A port of 127.0.0.1 that an extension listens on. */
export interface ExtensionPort {
  readonly extension: string;
  readonly port: number;
  /** The environment variable that can name another. */
  readonly variable?: string;
}

/** What a layer of AWS has for the start of a function. */
interface AwsExtensions {
  /** Names of its extensions. */
  readonly extensions?: readonly string[];
  /** Ports that functions ask its extensions at. */
  readonly ports?: readonly ExtensionPort[];
  /** What it has to start the runtime through, in the file system. */
  readonly wrappers?: readonly string[];
}

/** Which of them is there is a matter of the language. */
const ADOT_WRAPPERS = ['instrument', 'handler', 'proxy-handler', 'stream-handler', 'sqs-handler'].map((name) => `/opt/otel-${name}`);

const PARAMETERS_AND_SECRETS: AwsExtensions = {
  extensions: ['AWSParametersAndSecretsLambdaExtension'],
  ports: [{ extension: 'AWSParametersAndSecretsLambdaExtension', port: 2773, variable: 'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT' }],
};

const APP_CONFIG: AwsExtensions = {
  extensions: ['AppConfigAgent'],
  ports: [{ extension: 'AppConfigAgent', port: 2772, variable: 'AWS_APPCONFIG_EXTENSION_HTTP_PORT' }],
};

/** Layers that AWS publishes, by their names; the names of extensions are those that Lambda logs when they start. */
const LAYERS: readonly (readonly [RegExp, AwsExtensions])[] = [
  [/^LambdaInsightsExtension(?:-Arm64)?$/, { extensions: ['cloudwatch_lambda_agent'] }],
  [/^AWS-Parameters-and-Secrets-Lambda-Extension(?:-Arm64)?$/, PARAMETERS_AND_SECRETS],
  [/^AWS-AppConfig-Extension(?:-Arm64)?$/, APP_CONFIG],
  [/^aws-otel-collector-/, { extensions: ['collector'] }],
  [/^aws-otel-/, { extensions: ['collector'], wrappers: ADOT_WRAPPERS }],
  [/^AWSOpenTelemetryDistro/, { wrappers: ADOT_WRAPPERS }],
];

/** What a layer of AWS brings, as far as its name says it. */
export function awsExtensions(layerName: string | undefined): AwsExtensions {
  return LAYERS.find(([pattern]) => layerName !== undefined && pattern.test(layerName))?.[1] ?? {};
}
