import { appOf, published, told } from './support';
import { stubBuild } from '../../lib/rules/stub-build';

test('stubs pass in tests, and built layers when they are deployed', () => {
  expect(stubBuild.checkLayer!(published('A', { isStub: true }), appOf())).toEqual([]);
  expect(stubBuild.checkLayer!(published('A'), appOf({ isForDeployment: true }))).toEqual([]);
});

test('fails for a stub that is about to be deployed', () => {
  expect(told(stubBuild.checkLayer!(published('A', { isStub: true }), appOf({ isForDeployment: true })))).toEqual([
    'error Shop/A: the layer is a stub, and the CDK CLI is about to use it',
  ]);
});
