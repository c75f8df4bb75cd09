// Apps with many functions, in a process that has CDK loaded: `RulesApp` of ../sections/rules.ts as JSON in the first argument. Prints, as JSON,
// for each repetition the seconds of the synth and of the rules in it, and the functions that the rules saw.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { App, Stack } = require('aws-cdk-lib');
const { Code, Function: LambdaFunction, Runtime } = require('aws-cdk-lib/aws-lambda');
const { LayerContent, LayerRules, SharedDependencyLayer } = require('../../lib');

const FUNCTIONS_PER_STACK = 100;

const { functions, way, layers: folders, outdir, repetitions } = JSON.parse(process.argv[2]);

const runs = [];
for (let repetition = 0; repetition <= repetitions; repetition++) {
  runs.push(synth(path.join(outdir, String(repetition))));
}
// The first one loads what is loaded late.
process.stdout.write(JSON.stringify(runs.slice(1)));

function synth(folder) {
  const app = new App({ outdir: folder });
  const platform = new Stack(app, 'Platform');
  const layers = folders.map((content, number) => new SharedDependencyLayer(platform, `Layer${number}`, { content: [LayerContent.files(content)] }));
  for (let number = 0; number < functions; number++) {
    const id = `Stack${Math.floor(number / FUNCTIONS_PER_STACK)}`;
    addFunction(app.node.tryFindChild(id) ?? new Stack(app, id), number, layers);
  }
  let rules = 0;
  const { validate } = app.node;
  app.node.validate = () => {
    const begin = process.hrtime.bigint();
    const errors = validate.call(app.node);
    rules += seconds(begin);
    return errors;
  };
  const begin = process.hrtime.bigint();
  app.synth();
  const whole = seconds(begin);
  const seen = LayerRules.of(app).report().functions;
  fs.rmSync(folder, { recursive: true });
  return { synth: whole, rules, functions: seen.length, layers: seen[0].layers.length };
}

function addFunction(stack, number, layers) {
  const fn = new LambdaFunction(stack, `Function${number}`, {
    runtime: Runtime.PYTHON_3_13, handler: 'index.handler', code: Code.fromInline('def handler(event, context): pass'),
    layers: way === 'attachTo' ? [] : layers,
  });
  if (way === 'attachTo') {
    layers.forEach((layer) => layer.attachTo(fn));
  }
  if (way === 'overrides') {
    fn.node.defaultChild.addPropertyOverride('Layers', layers.map((layer) => layer.layerVersionArn));
    fn.node.defaultChild.addPropertyOverride('MemorySize', 512);
  }
  if (way === 'merged overrides') {
    fn.node.defaultChild.addPropertyOverride('Layers.0', layers[0].layerVersionArn);
  }
}

function seconds(begin) {
  return Number(process.hrtime.bigint() - begin) / 1e9;
}
