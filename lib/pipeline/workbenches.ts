import { containerChoice, hereOrInDocker } from './here-or-docker';
import type { LayerBuild } from './layer-build';
import type { BuildSettings } from './layer-plan';
import { DockerWorkbench } from '../build/docker-workbench';
import { LocalWorkbench } from '../build/local-workbench';
import { dockerNpm, localNpm, type Npm } from '../build/npm';
import type { Workbench } from '../build/workbench';
import { FaultError } from '../common/fault';
import type { Progress } from '../common/progress';
import { buildImageOf, isNodejsRuntime } from '../target/runtimes';
import type { ArchitectureName, Target } from '../target/target';

export interface WorkbenchChoice {
  readonly workFolder: string;
  readonly cacheRoot: string;
  readonly settings: BuildSettings;
  readonly place: string;
  readonly progress: Progress;
  readonly target: Target;
  /** Why only the runtime's own system will do. */
  readonly dockerReason?: string;
  /** The interpreter of the target's version must be there, not only uv. */
  readonly needsInterpreter?: boolean;
}

/** A workbench that also says whether its system is the runtime's. */
export type OpenWorkbench = Workbench & { readonly onRuntimeSystem: boolean };

/** The workbench that the mode asks for. AUTO is local; Docker stands in where the tools cannot be had, and leaves the same bytes. */
export async function openWorkbench(choice: WorkbenchChoice): Promise<OpenWorkbench> {
  return hereOrInDocker<OpenWorkbench>({
    mode: choice.settings.mode,
    dockerReason: choice.dockerReason,
    here: async () => {
      const local = await LocalWorkbench.open(choice.workFolder, choice.cacheRoot, choice.settings.installTools);
      if (choice.needsInterpreter === true) {
        await local.python(choice.target.pythonVersion, ['-V']);
      }
      return Object.assign(local, { onRuntimeSystem: false });
    },
    inDocker: (reason) => openDocker(choice, reason),
    nowhere: (reasons) => nothingToBuildWith(choice, reasons),
    notInDocker: (reason, problem) => dockerMissing(choice, reason, problem),
  });
}

async function openDocker(choice: WorkbenchChoice, reason: string): Promise<OpenWorkbench> {
  const { image, network, platform, user } = choice.settings;
  const docker = await DockerWorkbench.open({
    workFolder: choice.workFolder,
    target: choice.target,
    image,
    network,
    platform,
    user,
    reason,
    place: choice.place,
    announce: (line) => choice.progress.line(line),
  });
  return Object.assign(docker, { onRuntimeSystem: true });
}

/** Nothing else will do. */
function dockerMissing(choice: WorkbenchChoice, reason: string, problem: string): FaultError {
  return new FaultError({
    what: 'the layer must be built in Docker, which cannot be had',
    got: `${problem}\nwhy Docker: ${reason}`,
    allowed: `a running Docker with the image ${choice.settings.image ?? choice.target.buildImage}`,
    fix:
      choice.settings.mode === 'docker'
        ? 'start Docker and make the image available, or leave BundlingMode.DOCKER out'
        : 'start Docker and make the image available, or choose versions that ship wheels for the runtime',
  });
}

function nothingToBuildWith(choice: WorkbenchChoice, reasons: readonly string[]): FaultError {
  const interpreter =
    choice.needsInterpreter === true ? `Python ${choice.target.pythonVersion}` : 'uv, or any Python 3.9 or newer (its pip brings uv)';
  return new FaultError({
    what: choice.needsInterpreter === true ? 'bytecode cannot be compiled here' : 'there is nothing to build the layer with',
    got: reasons.join('\n'),
    allowed:
      choice.settings.mode === 'local'
        ? `on this machine: ${interpreter}`
        : `on this machine: ${interpreter}; or a running Docker with the image ${choice.settings.image ?? choice.target.buildImage}`,
    fix: choice.settings.mode === 'local' ? 'install it, or leave BundlingMode.LOCAL out, so that Docker can stand in' : 'install one of them',
  });
}

/** npm where the mode asks for it; Docker stands in where this machine has none. */
export async function openNpm(build: LayerBuild, directory: string, architecture: ArchitectureName): Promise<Npm> {
  const runtime = build.plan.runtimes.find(isNodejsRuntime) ?? '';
  return hereOrInDocker({
    mode: build.settings.mode,
    here: () => localNpm(directory),
    inDocker: (reason) => dockerNpm({ directory, ...containerChoice(build, architecture, buildImageOf(runtime), reason) }),
    nowhere: noNpm,
    notInDocker: (reason, problem) => noNpm([reason, problem]),
  });
}

function noNpm(reasons: readonly string[]): FaultError {
  return new FaultError({
    what: 'there is no npm to install Node.js packages with',
    got: reasons.join('\n'),
    allowed: 'npm on this machine, or a running Docker with the runtime\'s build image',
    fix: 'install npm, which comes with Node.js',
  });
}
