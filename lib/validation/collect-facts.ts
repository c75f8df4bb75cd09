import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Assets } from './assets';
import { environmentOf, LayerCatalogue } from './layer-catalogue';
import { layersOf, variantsOf, type ListContext } from './layer-list';
import { literal } from './literal';
import { PropertyReader } from './properties';
import { isLayerVersion, placeOf } from './registration';
import type { AppFacts, FunctionFacts, PermissionFacts } from '../rules/facts';
import { partitionOf } from '../target/partitions';

const DEFAULT_ARCHITECTURE = 'x86_64';

/** One walk over an assembly, and a look at the layers of the app's other assemblies, whose names may clash. */
export function collectFacts(root: IConstruct): Omit<AppFacts, 'isForDeployment' | 'today'> {
  const here = constructsOf(root);
  const reader = new PropertyReader();
  const assets = new Assets();
  const catalogue = new LayerCatalogue(reader, assets, here);
  const resources = here.filter((construct) => CfnResource.isCfnResource(construct));
  const layers = root === root.node.root ? here.filter(isLayerVersion) : root.node.root.node.findAll().filter(isLayerVersion);
  return {
    functions: resources.filter(({ cfnResourceType }) => cfnResourceType === 'AWS::Lambda::Function')
      .map((resource) => functionFacts(resource, reader, assets, catalogue)),
    layers: layers.map((layer) => catalogue.ofResource(layer)),
    permissions: resources.filter(({ cfnResourceType }) => cfnResourceType === 'AWS::Lambda::LayerVersionPermission')
      .map((resource) => permissionFacts(resource, reader)),
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

function functionFacts(resource: CfnResource, reader: PropertyReader, assets: Assets, catalogue: LayerCatalogue): FunctionFacts {
  const properties = reader.of(resource);
  const { account, region } = environmentOf(resource);
  const architectures = properties.get('Architectures');
  const architecture = architectures === undefined ? DEFAULT_ARCHITECTURE : (architectures as unknown[])[0];
  const context: ListContext = {
    stack: Stack.of(resource),
    reader,
    catalogue,
    arnContext: { account, region, partition: region === undefined ? undefined : partitionOf(region) },
  };
  const layers = properties.get('Layers');
  const facts: FunctionFacts = {
    place: placeOf(resource).node.path,
    region,
    runtime: literal(properties.get('Runtime')),
    architecture: literal(architecture),
    isImage: properties.get('PackageType') === 'Image',
    codeBytes: assets.codeBytes(resource, properties),
    ...layersOf(layers, context),
  };
  const variants = variantsOf(layers, context);
  return variants === undefined ? facts : { ...facts, variants: variants.map((variant) => ({ ...facts, ...variant })) };
}

function permissionFacts(resource: CfnResource, reader: PropertyReader): PermissionFacts {
  const properties = reader.of(resource);
  return {
    place: placeOf(resource).node.path,
    principal: literal(properties.get('Principal')),
    organizationId: properties.get('OrganizationId') === undefined ? undefined : String(properties.get('OrganizationId')),
  };
}
