// What a user's unit tests do: COUNT times a new app with a stub for FOLDER and a function that has it. Prints the last template.
const { App, Stack } = require('aws-cdk-lib');
const { Template } = require('aws-cdk-lib/assertions');
const lambda = require('aws-cdk-lib/aws-lambda');
const { LayerContent, LayerTesting, SharedDependencyLayer } = require('../../../lib');

const [count, folder] = process.argv.slice(2);

let template;
for (let number = 0; number < Number(count); number++) {
  const app = new App({ context: LayerTesting.stubContext() });
  const platform = new Stack(app, 'Platform');
  const libs = new SharedDependencyLayer(platform, 'Libs', {
    content: [LayerContent.python(folder)], compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
  });
  const stack = new Stack(app, 'Shop');
  const fn = new lambda.Function(stack, 'Orders', {
    runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('def handler(event, context): pass'),
  });
  libs.attachTo(fn);
  fn.addAlias('live');
  template = { platform: Template.fromStack(platform).toJSON(), shop: Template.fromStack(stack).toJSON() };
}
process.stdout.write(JSON.stringify(template));
