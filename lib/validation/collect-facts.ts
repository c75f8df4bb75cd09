import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Assets } from './assets';
import { Edges } from './edges';
import { environmentOf, LayerCatalogue } from './layer-catalogue';
import { layersOf, variantsOf, type ListContext } from './layer-list';
import { literal } from './literal';
import { isNoValue } from './no-value';
import { PropertyReader } from './properties';
import { isLayerVersion, placeOf } from './registration';
import { isLiteral, textOf } from './text-of';
import type { AppFacts, FunctionFacts, PermissionFacts } from '../rules/facts';
import { partitionOf } from '../target/partitions';

const DEFAULT_ARCHITECTURE = 'x86_64';

/** One walk over an assembly, and a look at the layers of the app's other assemblies, whose names may clash. */
export function collectFacts(root: IConstruct): Omit<AppFacts, 'isForDeployment' | 'today'> {
  const here = constructsOf(root);
  const reader = new PropertyReader();
  const assets = new Assets();
  const catalogue = new LayerCatalogue(reader, assets, here);
  const resources = here.filter((construct) => CfnResource.isCfnResource(construct)).filter(isSynthesised);
  const edges = new Edges(reader, resources);
  const layers = root === root.node.root ? here.filter(isLayerVersion) : root.node.root.node.findAll().filter(isLayerVersion);
  return {
    functions: resources.filter(({ cfnResourceType }) => cfnResourceType === 'AWS::Lambda::Function')
      .map((resource) => functionFacts(resource, reader, assets, catalogue, edges)),
    layers: layers.map((layer) => catalogue.ofResource(layer)),
    permissions: resources.filter(({ cfnResourceType }) => cfnResourceType === 'AWS::Lambda::LayerVersionPermission')
      .map((resource) => permissionFacts(resource, reader, catalogue)),
  };
}

/** The constructs of an assembly, without those of the stages below it: they are checked when they are synthesised. */
function constructsOf(root: IConstruct, found: IConstruct[] = []): IConstruct[] {
  found.push(root);
  for (const child of root.node.children) {
    if (!Stage.isStage(child)) {
      constructsOf(child, found);
    }
  }
  return found;
}

/** A resource can say that its template shall be without it. */
function isSynthesised(resource: CfnResource): boolean {
  return (resource as unknown as { shouldSynthesize(): boolean }).shouldSynthesize();
}

function functionFacts(
  resource: CfnResource, reader: PropertyReader, assets: Assets, catalogue: LayerCatalogue, edges: Edges,
): FunctionFacts {
  const properties = reader.of(resource);
  const { account, region } = environmentOf(resource);
  const architectures = properties.get('Architectures');
  const architecture = architectures === undefined || isNoValue(architectures) ? DEFAULT_ARCHITECTURE
    : Array.isArray(architectures) ? architectures[0] as unknown : undefined;
  const context: ListContext = {
    stack: Stack.of(resource),
    reader,
    catalogue,
    arnContext: { account, region, partition: region === undefined ? undefined : partitionOf(region) },
  };
  const layers = properties.get('Layers');
  let variables: { readonly known: ReturnType<typeof variablesOf> } | undefined;
  const environment = (): ReturnType<typeof variablesOf> => (variables ??= { known: variablesOf(properties.get('Environment')) }).known;
  const facts: FunctionFacts = {
    place: placeOf(resource).node.path,
    region,
    runtime: literal(properties.get('Runtime')),
    architecture: literal(architecture),
    isImage: properties.get('PackageType') === 'Image',
    isOnManagedInstances: !isNoValue(properties.get('CapacityProviderConfig') ?? null),
    isAtEdge: () => edges.mayRun(resource),
    environment,
    literals: () => new Map([...environment() ?? []].filter((one): one is [string, string] => one[1] !== undefined && isLiteral(one[1]))),
    rendered: (written) => knownText(reader.resolve(resource, written)),
    codeBytes: assets.codeBytes(resource, properties),
    ...layersOf(layers, context),
  };
  const variants = variantsOf(layers, context);
  return variants === undefined ? facts : { ...facts, variants: variants.map((variant) => ({ ...facts, ...variant })) };
}

function variablesOf(environment: unknown): ReadonlyMap<string, string | undefined> | undefined {
  if (environment === undefined || isNoValue(environment)) {
    return new Map();
  }
  // As it was written, or as the template has it where overrides are.
  const { variables: written, Variables: variables = written ?? {}, ...others } = environment as { variables?: unknown; Variables?: unknown };
  const isKnown = Object.keys(others).length === 0 && typeof variables === 'object' && variables !== null;
  return isKnown && !Object.keys(variables).some((name) => name.startsWith('Fn::') || name === 'Ref')
    ? new Map(Object.entries(variables).filter(([, value]) => !isNoValue(value)).map(([name, value]) => [name, knownText(value)]))
    : undefined;
}

/** A text, at least a part of which is known; references that are put into it are told by their names. */
function knownText(value: unknown): string | undefined {
  const isText = typeof value === 'string' || (typeof value === 'object' && value !== null && ('Fn::Join' in value || 'Fn::Sub' in value));
  return isText ? textOf(value) : undefined;
}

function permissionFacts(resource: CfnResource, reader: PropertyReader, catalogue: LayerCatalogue): PermissionFacts {
  const properties = reader.of(resource);
  const organizationId = properties.get('OrganizationId');
  const layer = reader.layerAt(properties.get('LayerVersionArn'));
  return {
    place: placeOf(resource).node.path,
    layer: layer === undefined ? undefined : catalogue.ofResource(layer),
    principal: literal(properties.get('Principal')),
    hasOrganization: organizationId !== undefined && !isNoValue(organizationId),
  };
}
