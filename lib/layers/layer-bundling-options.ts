import type { DockerImage, Duration } from 'aws-cdk-lib';
import type { PackageIndex } from './package-index';

/** Where a layer's content is built. */
export enum BundlingMode {
  /**
   * Local tools wherever they give the right bytes; Docker where only the runtime's own system does (a package that must be compiled,
   * bytecode for an interpreter that is not here), and where no local tool can be had at all.
   */
  AUTO = 'auto',
  /** Local tools only; what needs Docker is an error. */
  LOCAL = 'local',
  /** The whole build in Docker, on the runtime's Amazon Linux build image. */
  DOCKER = 'docker',
  /** Nothing is built: the cache has the layer, or it is an error that names the command that fills the cache. */
  OFFLINE = 'offline',
  /**
   * Nothing is built, fetched or taken from the cache, and of the contents only whether they are there is looked at: a placeholder for unit
   * tests. A template made so cannot be deployed.
   */
  STUB = 'stub',
}

/** How and where the content of a layer is built. */
export interface LayerBundlingOptions {
  /**
   * Where the content is built.
   *
   * @default - context `cdk-lambda-layers:bundling`, else environment variable `CDK_LAMBDA_LAYERS_BUNDLING`, else AUTO
   */
  readonly mode?: BundlingMode;

  /**
   * Image for builds in Docker; it needs what the layer is built with: Python and either uv or pip, npm, Go or Cargo.
   *
   * @default - the runtime's AWS SAM build image (Amazon Linux), such as `public.ecr.aws/sam/build-python3.13`; for Go and Rust their official
   * images, in the version that the project names
   */
  readonly image?: DockerImage;

  /**
   * Docker network of the build container.
   *
   * @default - Docker's default network
   */
  readonly network?: string;

  /**
   * Platform of the build container, such as `linux/arm64`.
   *
   * @default - the layer's architecture
   */
  readonly platform?: string;

  /**
   * User in the build container, as `uid` or `uid:gid`.
   *
   * @default - the image's user
   */
  readonly user?: string;

  /**
   * Package indexes that are asked before the default one, in this order; the first that has a package wins.
   *
   * @default - the default index of the machine's uv settings
   */
  readonly indexes?: PackageIndex[];

  /**
   * Releases younger than this are not considered when requirements are resolved. A lock that is already there is not changed by it.
   *
   * @default - context `cdk-lambda-layers:excludeNewer` in days, else every release is considered
   */
  readonly excludeNewer?: Duration;

  /**
   * Whether the pinned uv may be installed into the tool cache by the machine's pip when there is no uv.
   *
   * @default true
   */
  readonly installTools?: boolean;
}
