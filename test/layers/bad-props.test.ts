import * as fs from 'node:fs';
import { Sandbox, type AppBody } from '../support/sandbox';

const place = 'App/Libs';
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  sandbox.write('files/a.txt');
});

afterEach(() => sandbox.remove());

test('fails for no content', async () => {
  const faults = await sandbox.fail(({ stack, SharedDependencyLayer, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', { content: [], compatibleRuntimes: [Runtime.PYTHON_3_13] });
  });

  expect(faults).toEqual([
    {
      place,
      what: 'the layer has no content',
      got: 'content: []',
      allowed: 'at least one content',
      do: 'add LayerContent.python(…), LayerContent.nodejs(…) or LayerContent.files(…)',
    },
  ]);
});

const otherFamily: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [Runtime.NODEJS_20_X, Runtime.PYTHON_3_12],
  });
};
const noRuntime: AppBody = ({ stack, SharedDependencyLayer, LayerContent }) => {
  new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')] });
};
const oldRuntime: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes: [Runtime.PYTHON_2_7] });
};

test.each([
  ['a runtime of another family', otherFamily, 'Python content needs Python runtimes', 'compatibleRuntimes: nodejs20.x, python3.12'],
  ['no runtime', noRuntime, 'Python content needs Python runtimes', 'no compatibleRuntimes'],
  ['a runtime that is too old', oldRuntime, 'Python content cannot be built for this runtime', 'python2.7'],
])('fails for Python content with %s', async (_, body, what, got) => {
  sandbox.write('libs/requirements.txt', 'six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n');

  const faults = await sandbox.fail(body);

  expect(faults).toEqual([{ place, what, got, allowed: expect.stringContaining('python3.11, python3.12'), do: expect.any(String) }]);
});

test('takes tokens for the name, description and licence', async () => {
  await sandbox.synth(({ stack, cdk, SharedDependencyLayer, LayerContent }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.files('files')],
      layerVersionName: cdk.Fn.ref('AWS::StackName'),
      description: cdk.Fn.join('', [cdk.Fn.ref('AWS::Region'), 'x'.repeat(250)]),
      license: cdk.Fn.importValue('Licence'),
    });
  });

  const template = JSON.parse(fs.readFileSync(sandbox.path('out/App.template.json'), 'utf8')) as { Resources: Record<string, unknown> };
  expect(Object.values(template.Resources)[0]).toMatchObject({
    Properties: {
      LayerName: { Ref: 'AWS::StackName' },
      Description: { 'Fn::Join': ['', [{ Ref: 'AWS::Region' }, 'x'.repeat(250)]] },
      LicenseInfo: { 'Fn::ImportValue': 'Licence' },
    },
  });
});

test('fails for a purpose that is a token', async () => {
  const faults = await sandbox.fail(({ stack, cdk, SharedDependencyLayer, LayerContent }) => {
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('files')], purpose: cdk.Fn.ref('AWS::StackName') });
  });

  expect(faults).toEqual([
    {
      place,
      what: '`purpose` is only known at deployment',
      got: 'a token',
      allowed: 'plain text',
      do: 'write the purpose out, or give `layerVersionName`, which may be a token',
    },
  ]);
});

test('fails for indexes with credentials in them, and shows none of them', async () => {
  const body: AppBody = ({ stack, SharedDependencyLayer, LayerContent, PackageIndex }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.files('files')],
      bundling: {
        indexes: [
          PackageIndex.url('with-password', 'https://me:correct-horse@packages.example/simple'),
          PackageIndex.url('with-token', 'https://correct-horse@packages.example/simple'),
          PackageIndex.url('swapped', 'https://packages.example/simple', { passwordEnv: 'correct-horse' }),
          PackageIndex.url('no-url', 'packages.example/simple'),
          PackageIndex.url('no-url', 'https://packages.example/simple'),
        ],
      },
    });
  };

  const faults = await sandbox.fail(body);

  const written = 'a credential is written into the URL of a package index';
  expect(faults.map((fault) => [fault.place, fault.what])).toEqual([
    [place, written],
    [place, written],
    [place, '`passwordEnv` is no name of an environment variable'],
    [place, 'the URL of a package index is none'],
    [place, 'two package indexes have the same name'],
  ]);
  expect(faults[0].got).toContain("PackageIndex.url('with-password', …)");
  expect(JSON.stringify(faults)).not.toContain('correct-horse');
});

test('reports everything that is wrong with props, context and contents at once', async () => {
  const faults = await sandbox.fail(
    ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
      new SharedDependencyLayer(stack, 'Libs', {
        content: [LayerContent.python('libs'), LayerContent.files('more')],
        compatibleRuntimes: [Runtime.PYTHON_3_13],
        layerVersionName: 'no spaces, please',
        description: 'x'.repeat(257),
        license: 'y'.repeat(513),
      });
    },
    { context: { 'cdk-lambda-layers:removalPolicy': 'forget', 'cdk-lambda-layers:excludeNewer': 'a week' } },
  );

  expect(faults.map((fault) => fault.place)).toEqual(Array(7).fill(place));
  expect(faults.map((fault) => fault.what)).toEqual([
    'context cdk-lambda-layers:removalPolicy has a value that means nothing',
    expect.stringMatching(/excludeNewer has a value that means nothing$/),
    'the layer name has characters that Lambda refuses [LayerFields]',
    'the description is too long [LayerFields]',
    'the licence is too long [LayerFields]',
    'the folder of the Python content does not exist',
    'the content does not exist',
  ]);
});
