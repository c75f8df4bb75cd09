import type * as library from '../../lib';

/** What both copies share, as in an app with one aws-cdk-lib. */
const SHARED = ['aws-cdk-lib', 'aws-cdk-lib/aws-lambda', 'aws-cdk-lib/aws-s3-assets', 'aws-cdk-lib/cx-api', 'constructs'];

/** The library once more, as when two packages of an app bring a copy each. */
export async function secondCopy(): Promise<typeof library> {
  const shared = new Map<string, unknown>(SHARED.map((name) => [name, jest.requireActual(name)]));
  let copy: typeof library | undefined;
  await jest.isolateModulesAsync(async () => {
    SHARED.forEach((name) => jest.doMock(name, () => shared.get(name)));
    copy = await import('../../lib/index.js');
  });
  return copy!;
}
