import type { LayerBuild } from './layer-build';
import type { BundlingModeName } from './layer-plan';
import { DOCKER_PLATFORMS, type ContainerChoice } from '../build/container';
import { ToolUnavailable } from '../build/workbench';
import type { FaultError } from '../common/fault';
import type { ArchitectureName } from '../target/target';

export interface HereOrInDocker<T> {
  readonly mode: BundlingModeName;
  /** Why only Docker will do, whatever the mode. */
  readonly dockerReason?: string;
  /** Opens the tools of this machine, or throws `ToolUnavailable`. */
  here(): Promise<T>;
  /** Opens those of an image, or throws `ToolUnavailable`. */
  inDocker(reason: string): Promise<T>;
  /** What is told when the tools are not here, and not in Docker either where that may stand in. */
  nowhere(reasons: readonly string[]): FaultError;
  /** What is told when only Docker would do, and cannot be had. */
  notInDocker(reason: string, problem: string): FaultError;
}

/** Tools where the mode asks for them: this machine's, or an image's where it has none. */
export async function hereOrInDocker<T>({ mode, dockerReason, here, inDocker, nowhere, notInDocker }: HereOrInDocker<T>): Promise<T> {
  const onlyDocker = dockerReason ?? (mode === 'docker' ? 'bundling mode DOCKER' : undefined);
  if (onlyDocker !== undefined) {
    return orElse(() => inDocker(onlyDocker), (problem) => { throw notInDocker(onlyDocker, problem); });
  }
  return orElse(here, (reason) => {
    if (mode === 'local') {
      throw nowhere([reason]);
    }
    return orElse(() => inDocker(reason), (problem) => { throw nowhere([reason, problem]); });
  });
}

async function orElse<T>(open: () => Promise<T>, instead: (problem: string) => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof ToolUnavailable) {
      return instead(error.message);
    }
    throw error;
  }
}

/** The container that a layer's settings ask for. */
export function containerChoice(build: LayerBuild, architecture: ArchitectureName, defaultImage: string, reason: string): ContainerChoice {
  const { image, network, platform, user } = build.settings;
  return {
    image: image ?? defaultImage,
    platform: platform ?? DOCKER_PLATFORMS[architecture],
    network,
    user,
    reason,
    place: build.place,
    announce: (line: string) => build.progress.line(line),
  };
}
