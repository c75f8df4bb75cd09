import { Aws, Fn, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnLayerVersionPermission } from 'aws-cdk-lib/aws-lambda';
import { folderOf, messageOf, newStack } from './support';
import { ImportedLayer, LayerContent, LayerRules, SharedDependencyLayer } from '../../lib';
import { arnOf, errorsOf } from '../validation/support';

function newLayer(stack: Stack, removalPolicy?: RemovalPolicy): SharedDependencyLayer {
  return new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files(folderOf({ 'a.txt': 'a' }))], removalPolicy });
}

function permissionsOf(stack: Stack): any[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::Lambda::LayerVersionPermission'));
}

test.each([
  [undefined, 'Retain', 'Retain'],
  [RemovalPolicy.DESTROY, 'Delete', 'Delete'],
  [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, 'RetainExceptOnCreate', 'Retain'],
])('with the removal policy %s of the layer, a grant has it, too', (policy, deletion, replacement) => {
  const stack = newStack();
  newLayer(stack, policy).addPermission('Partner', { accountId: '444455556666' });
  expect(permissionsOf(stack)).toEqual([{
    Type: 'AWS::Lambda::LayerVersionPermission',
    DeletionPolicy: deletion,
    UpdateReplacePolicy: replacement,
    Properties: { Action: 'lambda:GetLayerVersion', LayerVersionArn: { Ref: 'LibsA7595D14' }, Principal: '444455556666' },
  }]);
});

test('accounts, root ARNs, organisations and tokens are taken', () => {
  const stack = newStack();
  const layer = newLayer(stack);
  layer.addPermission('Root', { accountId: 'arn:aws-cn:iam::444455556666:root' });
  layer.addPermission('Organisation', { accountId: '*', organizationId: 'o-1234567890' });
  layer.addPermission('Token', { accountId: Fn.importValue('account') });
  layer.addPermission('Dynamic', { accountId: '{{resolve:ssm:/partner}}' });
  layer.addPermission('TokenOrganisation', { accountId: '*', organizationId: Fn.importValue('organisation') });
  expect(permissionsOf(stack)).toHaveLength(5);
});

test.each([
  ['eleven digits', { accountId: '44445555666' }, ['the layer is shared with something that is no account']],
  ['a user', { accountId: 'arn:aws:iam::444455556666:user/me' }, ['the layer is shared with something that is no account']],
  ['nothing', { accountId: '' }, ['the layer is shared with something that is no account']],
  ['an organisational unit', { accountId: '*', organizationId: 'ou-1234567890' }, ['the layer is shared with something that is no organisation']],
  ['a short organisation id', { accountId: '*', organizationId: 'o-123456789' }, ['the layer is shared with something that is no organisation']],
  ['an account of an organisation', { accountId: '444455556666', organizationId: 'o-1234567890' }, ['an organisation goes with the principal *']],
  ['all of it', { accountId: 'me', organizationId: 'us' }, [
    'the layer is shared with something that is no account', 'the layer is shared with something that is no organisation',
    'an organisation goes with the principal *',
  ]],
])('fails for %s', (_, permission, what) => {
  const stack = newStack();
  const message = messageOf(() => newLayer(stack).addPermission('Share', permission));
  expect([...message.matchAll(/^Shop\/Libs: (.*)$/gm)].map(([, text]) => text)).toEqual(what);
  expect(permissionsOf(stack)).toEqual([]);
});

describe('PublicLayer', () => {
  const PUBLIC = 'Shop/Libs/Everyone: the layer is shared with every AWS account [PublicLayer]';

  test('fails for everyone, unless it is acknowledged', () => {
    const stack = newStack();
    const layer = newLayer(stack);
    layer.addPermission('Everyone', { accountId: '*' });
    expect(errorsOf(stack)).toEqual([PUBLIC]);
    LayerRules.of(layer).acknowledge('PublicLayer', 'it is open source');
    expect(errorsOf(stack)).toEqual([]);
  });

  test('an organisation that the template takes away is none, and a grant elsewhere is acknowledged on its layer', () => {
    const stack = newStack();
    const layer = newLayer(stack);
    new CfnLayerVersionPermission(stack, 'Grant', {
      action: 'lambda:GetLayerVersion', layerVersionArn: layer.layerVersionArn, principal: '*', organizationId: Aws.NO_VALUE,
    });
    expect(errorsOf(stack)).toEqual(['Shop/Grant: the layer is shared with every AWS account [PublicLayer]']);
    LayerRules.of(layer).acknowledge('PublicLayer', 'it is open source');
    expect(errorsOf(stack)).toEqual([]);
  });

  test('an imported layer is shared and checked likewise', () => {
    const stack = newStack();
    const layer = ImportedLayer.fromArn(stack, 'Libs', { layerVersionArn: arnOf('ours') });
    layer.addPermission('Partner', { accountId: '444455556666' });
    expect(errorsOf(stack)).toEqual([]);
    layer.addPermission('Everyone', { accountId: '*' });
    expect(errorsOf(stack)).toEqual([PUBLIC]);
  });
});
