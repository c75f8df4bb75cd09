import * as fs from 'node:fs';
import * as path from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';

/** A function with what CDK would upload for it. */
export interface FunctionInTemplate {
  readonly code: string;
  /** Archives, in the order of the function's list. */
  readonly layers: string[];
  readonly handler: string;
  readonly runtime: string;
  readonly env: Record<string, string>;
}

/**
 * The functions of a stack, by their ids.
 *
 * @param values what is only known at deployment, by the id of the construct that it is the `Ref` of
 */
export function functionsInTemplate(
  assembly: CloudAssembly, stack: string, values: Readonly<Record<string, string>> = {},
): Record<string, FunctionInTemplate> {
  const { Resources: resources } = assembly.getStackByName(stack).template;
  const { files } = JSON.parse(fs.readFileSync(path.join(assembly.directory, `${stack}.assets.json`), 'utf8'));
  const asset = ({ S3Key: key }: { S3Key: string }): string => path.join(assembly.directory, files[key.replace(/\.zip$/, '')].source.path);
  const text = (value: any): string => typeof value === 'string' ? value : value['Fn::Join']?.[1].map(text).join('') ?? valueOf(value.Ref);
  const valueOf = (id: string): string => {
    const value = values[idOf(id)];
    if (value === undefined) {
      throw new Error(`the template needs a value for ${id}`);
    }
    return value;
  };
  const functions = Object.entries<any>(resources).filter(([, { Type: type }]) => type === 'AWS::Lambda::Function');
  return Object.fromEntries(functions.map(([id, { Properties: properties }]): [string, FunctionInTemplate] => [idOf(id), {
    code: asset(properties.Code),
    layers: (properties.Layers ?? []).map((layer: { Ref: string }) => asset(resources[layer.Ref].Properties.Content)),
    handler: properties.Handler,
    runtime: properties.Runtime,
    env: Object.fromEntries(Object.entries(properties.Environment?.Variables ?? {}).map(([name, value]) => [name, text(value)])),
  }]));
}

/** The id that a construct in the stack itself was given: CDK puts a hash of eight letters after it. */
function idOf(logicalId: string): string {
  return logicalId.slice(0, -8);
}
