import { contentOf, functionOf, layerOf, told } from './support';
import { partialSdk } from '../../lib/rules/partial-sdk';

const layer = (id: string, ...names: string[]) =>
  layerOf(id, { content: contentOf({ packages: names.map((name) => ({ name, version: '1.40.0' })) }) });

test('all of the SDK or none passes, also in two layers, and for other languages', () => {
  expect(partialSdk.checkFunction!(functionOf([layer('A', 'requests', 'urllib3')]))).toEqual([]);
  expect(partialSdk.checkFunction!(functionOf([layer('A', 'boto3', 'botocore'), layer('B', 's3transfer')]))).toEqual([]);
  expect(partialSdk.checkFunction!(functionOf([layer('A', 'botocore')], { runtime: 'nodejs22.x' }))).toEqual([]);
});

test('warns of a part', () => {
  const findings = partialSdk.checkFunction!(functionOf([layer('A', 'botocore')]));
  expect(told(findings)).toEqual(['warning Shop/A: a part of the AWS SDK comes from layers and the rest from the runtime']);
  expect(findings[0].fault.got).toBe('botocore 1.40.0 of Shop/A\nboto3, s3transfer of the runtime');
  expect(partialSdk.checkFunction!(functionOf([layer('A', 'botocore'), layerOf('B')]))[0].fault.got).toMatch(/, or of a layer whose packages/);
});
