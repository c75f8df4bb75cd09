import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack, type CfnElement } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { PlatformStackProps } from './platform-stack';
import { addShop } from './shop';
import { LayerRules, type RulesReport } from '../../lib';

/** What a function comes to in the template of its stack. */
export interface SynthesisedFunction {
  readonly path: string;
  /** Paths of its layers, in order. */
  readonly layers: readonly string[];
  /** Names of the Systems Manager parameters that its layers are read from, in the order of the layers. */
  readonly parameters: readonly string[];
  /** Logical id of its version, which holds a hash of all that makes the version. */
  readonly version?: string;
}

/** What one synth of the shop gave. */
export interface Synthesis {
  readonly report: RulesReport;
  readonly functions: readonly SynthesisedFunction[];
  /** Texts of the templates by the paths of their stacks, nested ones included. */
  readonly templates: ReadonlyMap<string, string>;
  /** Names of the stacks that CDK deploys before each consumer. */
  readonly deployedBefore: ReadonlyMap<string, readonly string[]>;
}

interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, any>> }>>;
}

/** Synthesises the shop, and reads what its templates say. */
export function synthesise(outdir: string, props: PlatformStackProps = {}): Synthesis {
  const app = new App({ outdir });
  const { consumers } = addShop(app, props);
  const assembly = app.synth();
  const report = LayerRules.of(app).report();
  const stacks = app.node.findAll().filter((one) => Stack.isStack(one));
  const templates = new Map(stacks.map((stack) => [stack.node.path, fs.readFileSync(path.join(outdir, stack.templateFile), 'utf8')]));
  return {
    report,
    functions: app.node.findAll().filter((one) => one instanceof CfnFunction).map((fn) => {
      const functionPath = fn.node.scope!.node.path;
      return {
        path: functionPath,
        layers: report.functions.find((one) => one.functionPath === functionPath)!.layers.map((layer) => layer.name),
        ...readFunction(fn, JSON.parse(templates.get(fn.stack.node.path)!) as Template),
      };
    }),
    templates,
    deployedBefore: new Map(consumers.map(({ artifactId }) => [
      artifactId, assembly.getStackArtifact(artifactId).dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets')),
    ])),
  };
}

function readFunction(fn: CfnElement, template: Template): Pick<SynthesisedFunction, 'parameters' | 'version'> {
  const id = fn.stack.resolve(fn.logicalId) as string;
  const layers = template.Resources[id].Properties.Layers as { readonly Ref: string }[];
  return {
    parameters: layers.map(({ Ref }) => template.Parameters?.[Ref]?.Default ?? `no parameter: ${Ref}`),
    version: Object.keys(template.Resources).find((one) => {
      const { Type, Properties } = template.Resources[one];
      return Type === 'AWS::Lambda::Version' && Properties.FunctionName.Ref === id;
    }),
  };
}
