import { appOf, told } from './support';
import type { PermissionFacts } from '../../lib/rules/facts';
import { publicLayer } from '../../lib/rules/public-layer';

const check = (facts: Partial<PermissionFacts>) =>
  told(publicLayer.checkApp!(appOf({ permissions: [{ place: 'Shop/Libs/Share', hasOrganization: false, ...facts }] })));

test('an account passes, an organisation, and what is only known at deployment', () => {
  expect(check({ principal: '111122223333' })).toEqual([]);
  expect(check({ principal: '*', hasOrganization: true })).toEqual([]);
  expect(check({ principal: undefined })).toEqual([]);
});

test('fails for everybody', () => {
  expect(check({ principal: '*' })).toEqual(['error Shop/Libs/Share: the layer is shared with every AWS account']);
});
