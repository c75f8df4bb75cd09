// A user's app in a process of its own: OUTDIR and CONTEXT as JSON in argv, the text of a function that adds to a stack on stdin.
// Prints what the function returned, or the message of what it threw, as JSON.
const fs = require('node:fs');
const cdk = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const library = require('../../lib');

const STDIN = 0;
const STDOUT = 1;

const [outdir, context] = process.argv.slice(2);

function run() {
  const app = new cdk.App({ outdir, context: JSON.parse(context) });
  const stack = new cdk.Stack(app, 'App');
  // The text comes from the test that started this process.
  const define = (0, eval)(`(${fs.readFileSync(STDIN, 'utf8')})`);
  const result = define({ stack, cdk, lambda, Runtime: lambda.Runtime, ...library });
  app.synth();
  return { result };
}

function answer() {
  try {
    return run();
  } catch (error) {
    return { message: error.message };
  }
}

fs.writeSync(STDOUT, JSON.stringify(answer()));
