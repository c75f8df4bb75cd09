import { systemOf } from './lambda-runtimes';
import type { ArchitectureName, Target } from './target';

/** Language versions of the Python runtimes that layers can be built for. */
const PYTHON_VERSIONS: readonly string[] = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15'];

/** What uv and the wheel tags call the machine. */
export const MACHINES: Readonly<Record<ArchitectureName, string>> = { x86_64: 'x86_64', arm64: 'aarch64' };

/** Distributions that the Python runtimes bring: the AWS SDK and the closure of what it needs. */
export const PYTHON_SDK_PACKAGES: readonly string[] = ['boto3', 'botocore', 's3transfer', 'jmespath', 'python-dateutil', 'urllib3', 'six'];

/** The runtimes that Python content can be built for. */
export function pythonRuntimeNames(): string[] {
  return PYTHON_VERSIONS.map((version) => `python${version}`);
}

/** Whether a runtime is one of Node.js, whose programs find packages in `nodejs/node_modules` of a layer. */
export function isNodejsRuntime(runtime: string): boolean {
  return /^nodejs\d+\.x$/.test(runtime);
}

/** The image that AWS SAM builds with for a runtime. */
export function buildImageOf(runtime: string): string {
  return `public.ecr.aws/sam/build-${runtime}`;
}

/** The target for a runtime, or undefined when it is no Python runtime that this table knows. */
export function pythonTarget(runtime: string, architecture: ArchitectureName): Target | undefined {
  const version = PYTHON_VERSIONS.find((one) => runtime === `python${one}`);
  const system = systemOf(runtime);
  if (version === undefined || system === undefined) {
    return undefined;
  }
  return {
    runtime,
    pythonVersion: version,
    architecture,
    glibc: system.glibc,
    uvPlatform: `${MACHINES[architecture]}-${system.manylinux}`,
    buildImage: buildImageOf(runtime),
    searchPaths: [`python/lib/python${version}/site-packages`, 'python'],
  };
}
