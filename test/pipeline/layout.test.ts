import type { CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { PythonInclude as Include } from '../../lib';
import { Sandbox, type AppBody } from '../support/sandbox';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.remove());

const PURE = 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n';
const MARKED = `${PURE}tomli==2.0.1 ; python_version < "3.11" --hash=sha256:939de3e7a6161af0c887ef91b7d41a53e7c5a1ca976325f429cb46ea9bc30ecc\n`;

interface Seen {
  readonly files: string[];
  readonly template: { readonly CompatibleArchitectures?: string[]; readonly CompatibleRuntimes?: string[] };
}

const twoRuntimes: AppBody = ({ stack, SharedDependencyLayer, LayerContent, lambda, cdk }) => {
  const layer = new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [lambda.Runtime.PYTHON_3_10, lambda.Runtime.PYTHON_3_12],
  });
  const { compatibleArchitectures } = layer.node.defaultChild as CfnLayerVersion;
  return {
    files: layer.manifest.files.map((file) => file.path),
    template: { CompatibleArchitectures: cdk.Stack.of(layer).resolve(compatibleArchitectures) },
  };
};

async function seen(body: AppBody): Promise<Seen> {
  const run = await sandbox.synth(body);
  expect(run.message).toBeUndefined();
  return run.result as Seen;
}

test('one python folder serves several runtimes when every file serves them all', async () => {
  sandbox.write('libs/requirements.txt', PURE);
  const { files, template } = await seen(twoRuntimes);
  expect(files).toContain('python/six.py');
  expect(files.filter((file) => file.startsWith('python/lib/'))).toEqual([]);
  expect(template.CompatibleArchitectures).toBeUndefined();
});

test('each runtime has its own folder when their packages differ', async () => {
  sandbox.write('libs/requirements.txt', MARKED);
  const { files } = await seen(twoRuntimes);
  expect(files).toContain('python/lib/python3.10/site-packages/six.py');
  expect(files).toContain('python/lib/python3.12/site-packages/six.py');
  expect(files).toContain('python/lib/python3.10/site-packages/tomli/__init__.py');
  expect(files).not.toContain('python/lib/python3.12/site-packages/tomli/__init__.py');
});

test('pure content serves both machines, and the template says so when asked', async () => {
  sandbox.write('libs/requirements.txt', PURE);
  const { template } = await seen(({ stack, SharedDependencyLayer, LayerContent, lambda }) => {
    const layer = new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('libs')],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
      compatibleArchitectures: [lambda.Architecture.X86_64, lambda.Architecture.ARM_64],
    });
    return {
      template: { CompatibleArchitectures: (layer.node.defaultChild as CfnLayerVersion).compatibleArchitectures },
    };
  });
  expect(template.CompatibleArchitectures).toEqual(['x86_64', 'arm64']);
});

test('native content for another machine is taken from the wheels for that machine', async () => {
  const { files, natives } = (await seen(({ stack, SharedDependencyLayer, LayerContent, lambda }) => {
    const { manifest } = new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.pythonRequirements(['markupsafe==3.0.2'])],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
      compatibleArchitectures: [lambda.Architecture.ARM_64],
    });
    return { files: manifest.files.map((file) => file.path), natives: manifest.nativeFiles, template: {} };
  })) as Seen & { natives: { machine: string; glibc?: string }[] };
  expect(files).toContain('python/markupsafe/__init__.py');
  expect(natives.map((file) => file.machine)).toEqual(['arm64']);
});

test('fails for both machines with native content, and names what is native', async () => {
  sandbox.write('libs/requirements.in', 'markupsafe');
  const run = await sandbox.synth(
    ({ stack, SharedDependencyLayer, LayerContent, lambda }) =>
      new SharedDependencyLayer(stack, 'Libs', {
        content: [LayerContent.pythonRequirements(['markupsafe==3.0.2'])],
        compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
        compatibleArchitectures: [lambda.Architecture.X86_64, lambda.Architecture.ARM_64],
      }),
  );
  expect(run.message).toMatch(/^App\/Libs: one layer cannot serve both architectures/);
  expect(run.message?.toLowerCase()).toContain('markupsafe');
});

test('a project goes in as a wheel, or its modules as they are, or not at all', async () => {
  sandbox.write(
    'libs/pyproject.toml',
    [
      '[project]',
      'name = "shop"',
      'version = "1.0"',
      'dependencies = ["six==1.17.0"]',
      '[build-system]',
      'requires = ["setuptools"]',
      'build-backend = "setuptools.build_meta"',
      '[tool.setuptools]',
      'packages = ["shop"]',
    ].join('\n'),
  );
  sandbox.write('libs/shop/__init__.py', 'NAME = "shop"\n');
  const { files } = await seen(({ stack, SharedDependencyLayer, LayerContent, PythonInclude, lambda }) => {
    const filesOf = (include: Include) =>
      new SharedDependencyLayer(stack, `Libs-${include}`, {
        content: [LayerContent.python('libs', { include })],
        compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
      }).manifest.files
        .map((file) => `${include}: ${file.path}`)
        .filter((file) => /shop/.test(file));
    return { files: Object.values(PythonInclude).flatMap(filesOf), template: {} };
  });
  expect(files).toContain('project: python/shop/__init__.py');
  expect(files.some((file) => file.startsWith('project: python/shop-1.0.dist-info/'))).toBe(true);
  expect(files.filter((file) => file.startsWith('sources: '))).toEqual(['sources: python/shop/__init__.py']);
  expect(files.filter((file) => file.startsWith('dependencies: '))).toEqual([]);
});

test('several contents make one layer', async () => {
  sandbox.write('libs/requirements.txt', PURE);
  sandbox.write('certs/ca.pem', 'certificate');
  const { files } = await seen(({ stack, SharedDependencyLayer, LayerContent, lambda }) => ({
    template: {},
    files: new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('libs'), LayerContent.files('certs', { destination: 'certs' })],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
    }).manifest.files.map((file) => file.path),
  }));
  expect(files).toEqual(expect.arrayContaining(['certs/ca.pem', 'python/six.py']));
});

test('fails for the same path with other bytes in two contents, naming both', async () => {
  sandbox.write('one/a.txt', 'one');
  sandbox.write('two/a.txt', 'two');
  const run = await sandbox.synth(
    ({ stack, SharedDependencyLayer, LayerContent }) =>
      new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('one'), LayerContent.files('two')] }),
  );
  expect(run.message).toContain(sandbox.path('app/one/a.txt'));
  expect(run.message).toContain(sandbox.path('app/two/a.txt'));
});
