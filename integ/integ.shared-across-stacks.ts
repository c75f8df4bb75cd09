import * as path from 'node:path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, NestedStack, Size, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ImportedLayer, LayerContent, SharedDependencyLayer } from '../lib';

const CONTENT = path.join(__dirname, 'content');

const HANDLER = `
import idna

def handler(event, context):
    return idna.encode('königsgäßchen').decode() + ' ' + open('/opt/settings/etc/shared.conf').read()
`;

/** Owns the layers, and shares one of them with an organisation and with an account. */
class ProducerStack extends Stack {
  public readonly packages: SharedDependencyLayer;
  public readonly settings: SharedDependencyLayer;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.packages = new SharedDependencyLayer(this, 'Packages', {
      content: [LayerContent.python(path.join(CONTENT, 'packages'))],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
    });
    this.packages.addPermission('ForOrganisation', { accountId: '*', organizationId: 'o-a1b2c3d4e5' });
    this.packages.addPermission('ForThisAccount', { accountId: this.account });
    this.settings = new SharedDependencyLayer(this, 'Settings', {
      content: [LayerContent.files(path.join(CONTENT, 'files'), { destination: 'settings' })],
    });
    // In the layers' own stack nothing stands between them and the function.
    this.settings.attachTo(addFunction(this, 'FunctionBeside', [this.packages]));
  }
}

/** Takes one layer when the function is made and one after, and has a version that must move with both. */
class ConsumerStack extends Stack {
  constructor(scope: Construct, id: string, { packages, settings }: ProducerStack) {
    super(scope, id);
    const both = addFunction(this, 'FunctionOfBoth', [packages]);
    both.addAlias('live');
    settings.attachTo(both);

    const imported = ImportedLayer.fromArn(this, 'Imported', {
      layerVersionArn: 'arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:53',
      unzippedSize: Size.mebibytes(16),
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
      compatibleArchitectures: [lambda.Architecture.X86_64],
    });
    const all = addFunction(this, 'FunctionOfAll');
    packages.attachTo(all);
    imported.attachTo(all);
    settings.attachTo(all);
  }
}

/** The same in a nested stack, beside a function of the stack around it that takes a layer, too. */
class NestingConsumerStack extends Stack {
  constructor(scope: Construct, id: string, { packages, settings }: ProducerStack) {
    super(scope, id);
    addFunction(this, 'FunctionAround', [packages, settings]);
    const inside = addFunction(new NestedStack(this, 'Nested'), 'FunctionInside', [settings]);
    inside.addAlias('live');
    packages.attachTo(inside);
  }
}

function addFunction(scope: Construct, id: string, layers?: lambda.ILayerVersion[]): lambda.Function {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline(HANDLER),
    layers,
  });
}

const app = new App();
const producer = new ProducerStack(app, 'SharedProducerStack');
const consumers = [new ConsumerStack(app, 'SharedConsumerStack', producer), new NestingConsumerStack(app, 'SharedNestingConsumerStack', producer)];
new IntegTest(app, 'SharedAcrossStacks', { testCases: [producer, ...consumers] });
