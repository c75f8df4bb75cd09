import * as fs from 'node:fs';
import { basename } from 'node:path';
import { Stack, Stage, Token, type RemovalPolicy } from 'aws-cdk-lib';
import { Architecture, type Code, type LayerVersionProps } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { checkIndexes } from './check-indexes';
import { bundlingMode, excludeNewerDays, isFrozen, layerNaming, layerRemovalPolicy } from './context';
import { digestOf } from './fingerprint';
import { BundlingMode } from './layer-bundling-options';
import { ArchiveCode, StubCode } from './layer-code';
import type { LayerOptions } from './layer-options';
import { BytecodeMode } from './slim-options';
import { withPlace } from './with-place';
import type { CachedLayer, LayerSummary } from '../cache/layer-record';
import { collectFaults, failOn, FaultError, type Fault } from '../common/fault';
import type { ContentSpec } from '../content/content-spec';
import type { LayerContent } from '../content/layer-content';
import type { LayerManifest } from '../inspect/manifest';
import { obtainLayer, peekLayer } from '../pipeline/bridge';
import type { BuildJob, BuildSettings, LayerPlan } from '../pipeline/layer-plan';
import { contentFaults, placeFaults } from '../pipeline/read-plan';
import { checkPlan, compiledArchitecture, programsOf } from '../pipeline/targets';
import { layerFieldFaults } from '../rules/layer-fields';
import { layerSizeFindings } from '../rules/layer-size';
import type { ArchitectureName } from '../target/target';
import { enforced } from '../validation/enforced';
import { literal } from '../validation/literal';
import type { FunctionNeeds, LayerRegistration } from '../validation/registration';

/** What a layer is made of. */
export interface ContentLayerProps extends LayerOptions {
  readonly content?: readonly LayerContent[];
  /** Programs that Lambda starts, and what lies beside them. */
  readonly programs?: readonly ContentSpec[];
  /** Runtimes that the layer's name tells; all of them when not given. */
  readonly namedAfter?: readonly string[];
  /** What functions need beside the layer. */
  readonly needs?: FunctionNeeds;
  /** What the rules are told of its extensions. */
  readonly facts?: Pick<LayerRegistration, 'ports' | 'watch'>;
  /** Looks at what was built, and says what is wrong with it. */
  readonly checkContent?: (summary: LayerSummary) => Fault[];
}

/** A layer's bytes and fields, ready for `LayerVersion`. */
export interface BuiltLayer {
  readonly layerVersionProps: LayerVersionProps;
  /** What the rules are told. */
  readonly registration: LayerRegistration;
  /** Another one when the layer version is, as far as that is known when it is made. */
  readonly identity: string;
  manifest(): LayerManifest;
}

/** Builds or finds the content of a layer. Every fault is an Error that begins with the construct path. */
export function buildLayer(scope: Construct, id: string, props: ContentLayerProps): BuiltLayer {
  const place = [scope.node.path, id].filter((part) => part !== '').join('/');
  return withPlace(place, () => build(scope, id, place, props));
}

function build(scope: Construct, id: string, place: string, props: ContentLayerProps): BuiltLayer {
  const plan = planOf(props);
  const { name, removalPolicy, settings } = chosenBy(scope, id, props, plan);
  const layer = layerFor(scope, { place, plan, settings, outputFolder: Stage.of(scope)?.assetOutdir });
  if (layer !== undefined) {
    const { unzippedBytes, packages, nativeFiles } = layer.summary;
    const content = { packages, nativeFiles, hasPlacedFiles: false, files: () => [], executables: () => new Set<string>(), programs: () => [] };
    failOn(enforced(scope, 'LayerSize', layerSizeFindings({ unzippedBytes, content }, place)));
    failOn(props.checkContent?.(layer.summary) ?? []);
  }
  const compatibleArchitectures = props.compatibleArchitectures ?? architecturesOf(layer?.summary.architecture ?? compiledArchitecture(plan));
  return {
    layerVersionProps: {
      code: codeOf(layer),
      layerVersionName: name,
      description: props.description,
      license: props.license,
      removalPolicy,
      compatibleRuntimes: props.compatibleRuntimes,
      compatibleArchitectures,
    },
    identity: digestOf([
      layer?.summary.digest, ...[name, props.description, props.license].map(literal), plan.runtimes, compatibleArchitectures?.map((one) => one.name),
    ]),
    registration: {
      summary: layer?.summary,
      manifestPath: layer?.manifestPath,
      needs: props.needs,
      ...props.facts,
      isForAnyRuntime: props.namedAfter?.length === 0,
      programs: props.programs === undefined ? undefined : programsOf(plan).map((program) => program.path),
      readyMade: programsOf(plan).filter(({ source }) => ['ready-made', 'link', 'launcher'].includes(source.type)).map(({ path }) => basename(path)),
      hasPlacedFiles: plan.contents.some((content) => content.kind === 'files'),
      isStub: settings.mode === BundlingMode.STUB && Stack.of(scope).bundlingRequired,
      isUnbuilt: layer === undefined && !Stack.of(scope).bundlingRequired,
    },
    manifest: () => readManifest(layer, plan),
  };
}

/** CDK says that a stack which is not selected needs no assets, for example under `cdk ls`: then what is built already is enough. */
function layerFor(scope: Construct, job: BuildJob): CachedLayer | undefined {
  if (job.settings.mode === BundlingMode.STUB) {
    return undefined;
  }
  return Stack.of(scope).bundlingRequired ? obtainLayer(job) : peekLayer(job);
}

interface Choices {
  readonly name: string | undefined;
  readonly removalPolicy: RemovalPolicy;
  readonly settings: BuildSettings;
}

/** What props and context say, or all that is wrong with them, with what is wrong in the contents. */
function chosenBy(scope: Construct, id: string, props: ContentLayerProps, plan: LayerPlan): Choices {
  const faults: Fault[] = [];
  const name = collectFaults(faults, () => layerName(scope, id, props, props.namedAfter ?? plan.runtimes));
  const removalPolicy = collectFaults(faults, () => layerRemovalPolicy(scope, props.removalPolicy));
  const settings = collectFaults(faults, () => settingsOf(scope, props));
  faults.push(
    ...collectFaults(faults, () => fieldFaults(scope, name, props, plan)) ?? [],
    ...checkPlan(plan),
    ...checkIndexes(settings?.indexes ?? []),
  );
  if (faults.length > 0 || removalPolicy === undefined || settings === undefined) {
    throw new FaultError(...faults, ...(isBuilt(scope, settings) ? contentFaults(plan) : placeFaults(plan)));
  }
  if (!isBuilt(scope, settings)) {
    failOn(placeFaults(plan));
  }
  return { name, removalPolicy, settings };
}

function isBuilt(scope: Construct, settings: BuildSettings | undefined): boolean {
  return settings?.mode !== BundlingMode.STUB && Stack.of(scope).bundlingRequired;
}

function fieldFaults(scope: Construct, name: string | undefined, props: ContentLayerProps, plan: LayerPlan): Fault[] {
  const { description, license } = props;
  const { runtimes, architectures } = plan;
  const fields = { name: literal(name), description: literal(description), license: literal(license), runtimes, architectures };
  return enforced(scope, 'LayerFields', layerFieldFaults(fields).map((fault) => ({ severity: 'error', fault })));
}

function planOf(props: ContentLayerProps): LayerPlan {
  const slim = props.slim ?? {};
  return {
    contents: [...props.programs ?? [], ...(props.content ?? []).map((content) => content._render())],
    runtimes: (props.compatibleRuntimes ?? []).map((runtime) => runtime.name),
    architectures: (props.compatibleArchitectures ?? []).map((architecture) => architecture.name as ArchitectureName),
    slim: {
      bytecode: slim.bytecode ?? BytecodeMode.NONE,
      testFolders: slim.testFolders ?? true,
      caches: slim.caches ?? true,
      typeStubs: slim.typeStubs ?? true,
      nativeSources: slim.nativeSources ?? true,
      headers: slim.headers ?? true,
      nativeSymbols: slim.nativeSymbols ?? true,
      browserModules: slim.browserModules ?? true,
      installerFiles: slim.installerFiles ?? true,
      documentation: slim.documentation ?? true,
      awsSdk: slim.awsSdk ?? false,
    },
  };
}

function settingsOf(scope: Construct, props: ContentLayerProps): BuildSettings {
  const bundling = props.bundling ?? {};
  return {
    mode: bundlingMode(scope, bundling.mode),
    image: bundling.image?.image,
    network: bundling.network,
    platform: bundling.platform,
    user: bundling.user,
    indexes: (bundling.indexes ?? []).map((index) => index._render()),
    excludeNewerDays: excludeNewerDays(scope, bundling.excludeNewer),
    installTools: bundling.installTools ?? true,
    frozen: isFrozen(scope),
  };
}

function layerName(scope: Construct, id: string, props: ContentLayerProps, runtimes: readonly string[]): string | undefined {
  if (props.layerVersionName !== undefined) {
    return props.layerVersionName;
  }
  const purpose = props.purpose ?? id;
  if (Token.isUnresolved(purpose)) {
    throw new FaultError({
      what: '`purpose` is only known at deployment',
      got: 'a token',
      allowed: 'plain text',
      fix: 'write the purpose out, or give `layerVersionName`, which may be a token',
    });
  }
  const onlyArm = (props.compatibleArchitectures ?? []).length === 1 && props.compatibleArchitectures?.[0] === Architecture.ARM_64;
  return layerNaming(scope, props.naming)._nameFor(Stack.of(scope).stackName, purpose, runtimes, onlyArm);
}

function codeOf(layer: CachedLayer | undefined): Code {
  return layer === undefined ? new StubCode() : new ArchiveCode(layer.archivePath, layer.manifestPath, layer.summary.digest);
}

function architecturesOf(machine: string | undefined): Architecture[] | undefined {
  switch (machine) {
    case 'x86_64': return [Architecture.X86_64];
    case 'arm64': return [Architecture.ARM_64];
    default: return undefined;
  }
}

function readManifest(layer: CachedLayer | undefined, plan: LayerPlan): LayerManifest {
  if (layer !== undefined) {
    return JSON.parse(fs.readFileSync(layer.manifestPath, 'utf8')) as LayerManifest;
  }
  return {
    digest: '',
    unzippedBytes: 0,
    archiveBytes: 0,
    bytesBeforeSlimming: 0,
    runtimes: [...plan.runtimes],
    packages: [],
    nativeFiles: [],
    programs: [],
    savings: [],
    files: [],
  };
}
