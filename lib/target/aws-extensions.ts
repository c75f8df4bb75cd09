/** What a layer of AWS has for the start of a function. */
interface AwsExtensions {
  /** Names of its extensions. */
  readonly extensions?: readonly string[];
  /** What it has to start the runtime through, in the file system. */
  readonly wrappers?: readonly string[];
}

/** Which of them is there is a matter of the language. */
const ADOT_WRAPPERS = ['instrument', 'handler', 'proxy-handler', 'stream-handler', 'sqs-handler'].map((name) => `/opt/otel-${name}`);

/** Layers that AWS publishes, by their names; the names of extensions are those that Lambda logs when they start. */
const LAYERS: readonly (readonly [RegExp, AwsExtensions])[] = [
  [/^LambdaInsightsExtension(?:-Arm64)?$/, { extensions: ['cloudwatch_lambda_agent'] }],
  [/^AWS-Parameters-and-Secrets-Lambda-Extension(?:-Arm64)?$/, { extensions: ['AWSParametersAndSecretsLambdaExtension'] }],
  [/^AWS-AppConfig-Extension(?:-Arm64)?$/, { extensions: ['AppConfigAgent'] }],
  [/^aws-otel-collector-/, { extensions: ['collector'] }],
  [/^aws-otel-/, { extensions: ['collector'], wrappers: ADOT_WRAPPERS }],
  [/^AWSOpenTelemetryDistro/, { wrappers: ADOT_WRAPPERS }],
];

/** What a layer of AWS brings, as far as its name says it. */
export function awsExtensions(layerName: string | undefined): AwsExtensions {
  return LAYERS.find(([pattern]) => layerName !== undefined && pattern.test(layerName))?.[1] ?? {};
}
