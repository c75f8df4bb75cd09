// What unit tests do: so many times a new app with a function, and with `layer` a stub for a folder of packages, its template taken.
// Arguments: number of apps, folder or nothing. Prints the seconds.
'use strict';

const { App, Stack } = require('aws-cdk-lib');
const { Template } = require('aws-cdk-lib/assertions');
const { Code, Function: LambdaFunction, Runtime } = require('aws-cdk-lib/aws-lambda');

const [count, folder] = process.argv.slice(2);
const library = folder === undefined ? undefined : require('../../lib');

const begin = process.hrtime.bigint();
for (let number = 0; number < Number(count); number++) {
  const stack = new Stack(new App({ context: library?.LayerTesting.stubContext() }), 'Shop');
  const fn = new LambdaFunction(stack, 'Function', { runtime: Runtime.PYTHON_3_11, handler: 'index.handler', code: Code.fromInline('x') });
  if (library !== undefined) {
    new library.SharedDependencyLayer(stack, 'Libs', {
      content: [library.LayerContent.python(folder)], compatibleRuntimes: [Runtime.PYTHON_3_11],
    }).attachTo(fn);
  }
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::LayerVersion', library === undefined ? 0 : 1);
}
process.stdout.write(String(Number(process.hrtime.bigint() - begin) / 1e9));
