import { awsExtensions } from '../../lib/target/aws-extensions';

test.each([
  ['LambdaInsightsExtension', 'cloudwatch_lambda_agent'],
  ['LambdaInsightsExtension-Arm64', 'cloudwatch_lambda_agent'],
  ['AWS-Parameters-and-Secrets-Lambda-Extension', 'AWSParametersAndSecretsLambdaExtension'],
  ['AWS-AppConfig-Extension-Arm64', 'AppConfigAgent'],
  ['aws-otel-collector-arm64-ver-0-115-0', 'collector'],
  ['aws-otel-python38-amd64-ver-1-9-1', 'collector'],
  ['aws-otel-java-agent-ver-1-1-0', 'collector'],
])('%s has the extension %s', (layer, extension) => {
  expect(awsExtensions(layer).extensions).toEqual([extension]);
});

test('layers of ADOT bring wrappers, but the collector alone does not', () => {
  expect(awsExtensions('aws-otel-nodejs-amd64-ver-1-18-1').wrappers).toContain('/opt/otel-handler');
  expect(awsExtensions('AWSOpenTelemetryDistroPython')).toEqual({ wrappers: expect.arrayContaining(['/opt/otel-instrument']) });
  expect(awsExtensions('aws-otel-collector-amd64-ver-0-91-0')).not.toHaveProperty('wrappers');
});

const OTHERS = [undefined, 'my-LambdaInsightsExtension', 'AWSLambdaPowertoolsPythonV3', 'LambdaInsightsExtension-Copy'];

test.each(OTHERS)('of %s nothing is known', (layer) => {
  expect(awsExtensions(layer)).toEqual({});
});
