import * as path from 'node:path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { BundlingMode, BytecodeMode, LayerContent, LayerNaming, PythonInclude, SharedDependencyLayer } from '../lib';

const CONTENT = path.join(__dirname, 'content');

const HANDLER = `
import idna

def handler(event, context):
    return idna.encode('königsgäßchen').decode()
`;

/** One layer by its defaults and one that says everything, with functions that take them in both ways. */
class LayersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const byDefault = new SharedDependencyLayer(this, 'ByDefault', {
      content: [LayerContent.python(path.join(CONTENT, 'packages'))],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
    });
    this.function('FunctionOfDefault', [byDefault]);

    const spelledOut = new SharedDependencyLayer(this, 'SpelledOut', {
      purpose: 'spelled-out',
      naming: LayerNaming.byPurpose(),
      content: [
        LayerContent.python(path.join(CONTENT, 'packages'), { include: PythonInclude.DEPENDENCIES, sourceBuilds: [] }),
        LayerContent.files(path.join(CONTENT, 'files'), { destination: 'settings', exclude: ['*.bak'] }),
      ],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_12, lambda.Runtime.PYTHON_3_13],
      compatibleArchitectures: [lambda.Architecture.X86_64, lambda.Architecture.ARM_64],
      description: 'idna and shared settings',
      license: 'BSD-3-Clause',
      removalPolicy: RemovalPolicy.DESTROY,
      bundling: { mode: BundlingMode.LOCAL, excludeNewer: Duration.days(0), installTools: true, indexes: [] },
      slim: {
        bytecode: BytecodeMode.NONE,
        testFolders: true,
        caches: true,
        typeStubs: true,
        nativeSources: true,
        headers: true,
        nativeSymbols: false,
        browserModules: true,
        installerFiles: true,
        awsSdk: true,
      },
    });
    spelledOut.attachTo(this.function('FunctionOfSpelledOut'));
    spelledOut.attachTo(this.function('FunctionOfBoth', [byDefault]));
  }

  private function(id: string, layers?: lambda.ILayerVersion[]): lambda.Function {
    return new lambda.Function(this, id, {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: lambda.Code.fromInline(HANDLER),
      layers,
    });
  }
}

const app = new App();
new IntegTest(app, 'SharedDependencyLayer', { testCases: [new LayersStack(app, 'SharedDependencyLayerStack')] });
