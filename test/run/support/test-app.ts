import { App, Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { functionsInTemplate, type FunctionInTemplate } from './functions-in-template';
import type { FunctionOptions, RunningFunction } from './start-function';
import type { Files, Workshop } from './workshop';

const FAMILIES = { python: lambda.RuntimeFamily.PYTHON, nodejs: lambda.RuntimeFamily.NODEJS };

/** This machine's. */
export const ARCHITECTURE = process.arch === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64;

/** The answer is the event. */
export const ECHO: Files = {
  'index.py': 'def handler(event, context):\n    return event\n',
  'index.js': 'exports.handler = async (event) => event;\n',
};

/** An app with one stack, whose functions are for this machine and are started as CDK would upload them. */
export class TestApp {
  public readonly stack: Stack;
  private functions?: Record<string, FunctionInTemplate>;

  constructor(private readonly here: Workshop) {
    this.stack = new Stack(new App({ outdir: here.folder({}) }), 'Shop');
  }

  public newFunction(runtime: string, id = 'Orders', code = this.here.folder(ECHO), role?: IRole): lambda.Function {
    const [, family] = Object.entries(FAMILIES).find(([language]) => runtime.startsWith(language))!;
    return new lambda.Function(this.stack, id, {
      runtime: new lambda.Runtime(runtime, family), handler: 'index.handler', code: lambda.Code.fromAsset(code),
      role, architecture: ARCHITECTURE,
    });
  }

  /** A function as CDK would upload it. The app is synthesised once, with the first. */
  public inTemplate(id: string): FunctionInTemplate {
    this.functions ??= functionsInTemplate((this.stack.node.root as App).synth(), this.stack.stackName);
    return this.functions[id];
  }

  public async start(id = 'Orders', options: Partial<FunctionOptions> = {}): Promise<RunningFunction> {
    return this.here.start({ ...this.inTemplate(id), ...options });
  }
}
