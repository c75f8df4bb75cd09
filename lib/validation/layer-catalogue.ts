import * as fs from 'node:fs';
import { CfnElement, Stack, Token, type CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { arnFacts, type ArnContext } from './arn';
import type { Assets } from './assets';
import { literal } from './literal';
import { UnevaluatedProperties, type PropertyReader } from './properties';
import { isLayerVersion, layerBehind, placeOf, registrationOf, type FunctionNeeds, type LayerRegistration, type LayerWatch } from './registration';
import { topOf } from './stacks';
import { isLiteral, shown, textOf } from './text-of';
import type { LayerManifest, ManifestFile } from '../inspect/manifest';
import { isExtensionPath } from '../inspect/programs';
import type { ContentFacts, EnvironmentFacts, FileFacts, LayerFacts, NeedsFacts, PublishedLayer, WatchFacts } from '../rules/facts';
import { awsExtensions } from '../target/aws-extensions';

/** What is known of each layer, read once in a run and the same object for all functions. */
export class LayerCatalogue {
  private readonly published = new Map<CfnResource, PublishedLayer>();
  private readonly referenced = new Map<string, LayerFacts>();
  private readonly imported = new Map<string, IConstruct[]>();
  private readonly here: ReadonlySet<IConstruct>;
  private logicalIds?: Map<string, CfnResource>;

  /** @param constructs those of the assembly that is checked now */
  constructor(
    private readonly reader: PropertyReader,
    private readonly assets: Assets,
    constructs: readonly IConstruct[],
  ) {
    this.here = new Set(constructs);
    for (const construct of constructs) {
      const arn = registrationOf(construct)?.imported?.layerVersionArn;
      if (arn !== undefined) {
        const text = textOf(reader.resolve(construct, arn));
        this.imported.set(text, [...this.imported.get(text) ?? [], construct]);
      }
    }
  }

  /** The layer version that a logical id of a template stands for: overrides come with their tokens resolved already. */
  public byLogicalId(stack: Stack, logicalId: unknown): CfnResource | undefined {
    this.logicalIds ??= new Map([...this.here].filter((one) => CfnElement.isCfnElement(one)).flatMap((element) => {
      const layer = isLayerVersion(element) ? element : layerBehind(element);
      return layer === undefined ? [] : [[idIn(element.stack, element.stack.resolve(element.logicalId)), layer] as const];
    }));
    return this.logicalIds.get(idIn(stack, logicalId));
  }

  /** A layer version that the app publishes. */
  public ofResource(resource: CfnResource): PublishedLayer {
    const known = this.published.get(resource) ?? this.describe(resource);
    this.published.set(resource, known);
    return known;
  }

  /** A layer version that is only named, in a stack. */
  public ofArn(text: string, stack: Stack, context: ArnContext): LayerFacts {
    const key = idIn(stack, text);
    const known = this.referenced.get(key) ?? this.describeArn(text, stack, context);
    this.referenced.set(key, known);
    return known;
  }

  private describe(resource: CfnResource): PublishedLayer {
    const properties = this.here.has(resource) ? this.reader.of(resource) : new UnevaluatedProperties(resource);
    const registration = registrationOf(resource);
    const environment = environmentOf(resource);
    const runtimes = texts(properties.get('CompatibleRuntimes'));
    const architectures = texts(properties.get('CompatibleArchitectures'));
    const name = properties.get('LayerName');
    // Without a name, CloudFormation takes the logical id, without anything that makes it unique.
    const layerName = name === undefined ? Stack.of(resource).resolve(resource.logicalId) as string : nameOf(textOf(name), Stack.of(resource));
    const place = placeOf(resource).node.path;
    return {
      name: place,
      place,
      version: resource.node.path,
      family: familyOf(environment, layerName),
      isOurs: registration !== undefined,
      needs: registration?.needs === undefined ? undefined : needsOf(registration.needs),
      declaredPrograms: registration?.programs,
      readyMade: registration?.readyMade,
      ports: registration?.ports,
      watches: registration?.watch === undefined ? undefined : watchOf(registration.watch),
      wrappers: registration?.programs?.filter((program) => !isExtensionPath(program)).map((program) => `/opt/${program}`),
      ...(registration !== undefined ? ownContent(registration) : this.here.has(resource) ? this.assets.layerFacts(resource, properties) : {}),
      runtimes,
      architectures,
      fields: {
        name: literal(name),
        description: literal(properties.get('Description')),
        license: literal(properties.get('LicenseInfo')),
        runtimes: runtimes ?? [],
        architectures: architectures ?? [],
      },
      layerName,
      environment,
      isHere: this.here.has(resource),
      isForAnyRuntime: registration?.isForAnyRuntime === true,
      isStub: registration?.isStub === true,
      isConditional: resource.cfnOptions.condition !== undefined,
    };
  }

  private describeArn(arn: string, stack: Stack, context: ArnContext): LayerFacts {
    const constructs = this.imported.get(arn) ?? [];
    const construct = constructs.find((one) => Stack.of(one) === stack) ?? constructs[0];
    const imported = constructs.length === 0 ? undefined : registrationOf(construct)?.imported;
    const facts = arnFacts(arn, context);
    return {
      ...awsExtensions(facts.family?.split(':').at(-1)),
      ...facts,
      name: constructs.length === 0 ? shown(arn) : `${construct.node.path} (${shown(arn)})`,
      place: constructs.length === 0 ? undefined : construct.node.path,
      isOurs: false,
      unzippedBytes: imported?.unzippedBytes,
      runtimes: imported?.runtimes,
      architectures: imported?.architectures,
      ...imported?.extensions === undefined ? {} : { extensions: imported.extensions },
    };
  }
}

function watchOf({ layers, hasPatterns, stops }: LayerWatch): WatchFacts {
  return { layers: new Map(layers.map((layer) => [layer.node.path, placeOf(layer).node.path])), hasPatterns, stops };
}

function needsOf({ rule, environment, present }: FunctionNeeds): NeedsFacts {
  return { rule, settings: new Map(Object.entries(environment)), present: present.filter((name) => !Token.isUnresolved(name)) };
}

/** One parameter of a template gives one name, whatever it is. */
function nameOf(name: string, stack: Stack): string {
  return isLiteral(name) ? name : `${shown(name)} of ${stack.node.path}`;
}

/** As `arnFacts` says it of an ARN with pseudo parameters. */
function familyOf({ account, region }: EnvironmentFacts, layerName: string): string {
  return `${account ?? textOf({ Ref: 'AWS::AccountId' })}:${region ?? textOf({ Ref: 'AWS::Region' })}:${layerName}`;
}

function idIn(stack: Stack, logicalId: unknown): string {
  return `${stack.node.path} ${logicalId}`;
}

/** Where a construct goes: nested stacks go where the one around them does. */
export function environmentOf(construct: IConstruct): EnvironmentFacts {
  const stack = topOf(Stack.of(construct));
  return { stack: stack.node.path, account: literal(stack.account), region: literal(stack.region) };
}

/** Undefined when nothing is declared, or when some of it is only known at deployment. */
function texts(value: unknown): string[] | undefined {
  const known = Array.isArray(value) ? value.flatMap((one) => literal(one) ?? []) : [];
  return known.length > 0 && known.length === (value as unknown[]).length ? known : undefined;
}

function ownContent({ summary, manifestPath, hasPlacedFiles }: LayerRegistration): { unzippedBytes?: number; content?: ContentFacts } {
  if (summary === undefined || manifestPath === undefined) {
    return {};
  }
  let listed: readonly ManifestFile[] | undefined;
  let files: readonly FileFacts[] | undefined;
  let executables: ReadonlySet<string> | undefined;
  const list = (): readonly ManifestFile[] => (listed ??= readFiles(manifestPath));
  return {
    unzippedBytes: summary.unzippedBytes,
    content: {
      nativeFiles: summary.nativeFiles,
      packages: summary.packages,
      hasPlacedFiles: hasPlacedFiles === true,
      // Where a link leads is not known here.
      files: () => (files ??= list().filter(({ mode }) => mode !== 'link')
        .map((file) => ({ path: file.path, bytes: file.bytes, sha256: file.sha256, package: file.packageVersion }))),
      executables: () => (executables ??= new Set(list().filter(({ mode }) => mode !== '0644').map((file) => file.path))),
      programs: () => summary.programs,
    },
  };
}

function readFiles(manifestPath: string): ManifestFile[] {
  return (JSON.parse(fs.readFileSync(manifestPath, 'utf8')) as LayerManifest).files;
}
