import { functionOf, layerOf, theirs, told } from './support';
import { extensionPort } from '../../lib/rules/extension-port';
import type { LayerFacts } from '../../lib/rules/facts';
import { awsExtensions } from '../../lib/target/aws-extensions';

const listening = (id: string, port: number): LayerFacts => layerOf(id, { ports: [{ extension: `${id}-extension`, port }] });
const params = theirs('arn:aws:lambda:eu-central-1:187925254637:layer:AWS-Parameters-and-Secrets-Lambda-Extension:20', {
  ...awsExtensions('AWS-Parameters-and-Secrets-Lambda-Extension'),
});

const check = (layers: readonly LayerFacts[], environment: Readonly<Record<string, string>> = {}) => (
  extensionPort.checkFunction!(functionOf(layers, { literals: () => new Map(Object.entries(environment)) }))
);

test('extensions with ports of their own pass', () => {
  expect(check([listening('secrets', 2775), listening('config', 2776), params, layerOf('Libs')])).toEqual([]);
  expect(check([listening('secrets', 2773), params], { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '2780' })).toEqual([]);
});

test.each<[string, readonly LayerFacts[], Readonly<Record<string, string>>, string]>([
  [
    'two of ours', [listening('secrets', 2776), listening('config', 2776)], {},
    '127.0.0.1:2776\nsecrets-extension of Shop/secrets\nconfig-extension of Shop/config',
  ],
  ['one of AWS', [listening('secrets', 2773), params], {}, '127.0.0.1:2773\nsecrets-extension of Shop/secrets\nAWSParametersAndSecrets'],
  ['one of AWS that was moved', [listening('secrets', 2775), params], { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '2775' }, '127.0.0.1:2775'],
])('%s on one port are told', (_what, layers, environment, got) => {
  const findings = check(layers, environment);
  expect(told(findings)).toEqual(['error Shop/Orders: two extensions of the function listen on one port, and one of them will not start']);
  expect(findings[0].fault.got).toContain(got);
});
