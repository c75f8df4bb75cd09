import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack, Stage, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** A folder with small files, for layers that need no installer. */
export function folderOf(files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'layers-test-'));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

export function newStack(props: AppProps = {}): Stack {
  return new Stack(new App({ outdir: fs.mkdtempSync(path.join(os.tmpdir(), 'layers-out-')), ...props }), 'Shop');
}

/** The only layer of a stack, as the template has it. */
export function layerResource(stack: Stack): {
  logicalId: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
} {
  const [[logicalId, resource]] = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::LayerVersion'));
  return { logicalId, ...resource } as never;
}

/** Absolute path of the archive of the only layer of a stack. */
export function archiveOf(stack: Stack): string {
  const { S3Key: key } = layerResource(stack).Properties.Content as { S3Key: string };
  return path.join(Stage.of(stack)!.assetOutdir, `asset.${key}`);
}

/** The layers of a function, as the template has them. */
export function functionLayers(stack: Stack): unknown[] {
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return resource.Properties.Layers ?? [];
}

/** The message of the error that a piece of work ends with. */
export function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing failed');
}

/** A Python function with a line of code. */
export function newFunction(scope: Construct, props: Partial<lambda.FunctionProps> = {}, id = 'Orders'): lambda.Function {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('def handler(event, context): pass'), ...props,
  });
}
