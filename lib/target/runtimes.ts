import type { ArchitectureName, Target } from './target';

interface PythonRuntime {
  readonly glibc: string;
  /** The newest manylinux platform of uv that this glibc satisfies (uv has none between 2_17 and 2_28). */
  readonly manylinux: string;
}

const AMAZON_LINUX_2: PythonRuntime = { glibc: '2.26', manylinux: 'manylinux2014' };
const AMAZON_LINUX_2023: PythonRuntime = { glibc: '2.34', manylinux: 'manylinux_2_34' };

/**
 * Python runtimes of Lambda by language version.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const PYTHON_RUNTIMES: Readonly<Record<string, PythonRuntime>> = {
  '3.8': AMAZON_LINUX_2,
  '3.9': AMAZON_LINUX_2,
  '3.10': AMAZON_LINUX_2,
  '3.11': AMAZON_LINUX_2,
  '3.12': AMAZON_LINUX_2023,
  '3.13': AMAZON_LINUX_2023,
  '3.14': AMAZON_LINUX_2023,
  '3.15': AMAZON_LINUX_2023,
};

/** What uv and the wheel tags call the machine. */
export const MACHINES: Readonly<Record<ArchitectureName, string>> = { x86_64: 'x86_64', arm64: 'aarch64' };

/** Distributions that the Python runtimes bring: the AWS SDK and the closure of what it needs. */
export const PYTHON_SDK_PACKAGES: readonly string[] = ['boto3', 'botocore', 's3transfer', 'jmespath', 'python-dateutil', 'urllib3', 'six'];

/** The runtimes that Python content can be built for. */
export function pythonRuntimeNames(): string[] {
  return Object.keys(PYTHON_RUNTIMES).map((version) => `python${version}`);
}

/** The target for a runtime, or undefined when it is no Python runtime that this table knows. */
export function pythonTarget(runtime: string, architecture: ArchitectureName): Target | undefined {
  const version = /^python(\d+\.\d+)$/.exec(runtime)?.[1];
  const known = version === undefined ? undefined : PYTHON_RUNTIMES[version];
  if (version === undefined || known === undefined) {
    return undefined;
  }
  return {
    runtime,
    pythonVersion: version,
    architecture,
    glibc: known.glibc,
    uvPlatform: `${MACHINES[architecture]}-${known.manylinux}`,
    buildImage: `public.ecr.aws/sam/build-${runtime}`,
    searchPaths: [`python/lib/python${version}/site-packages`, 'python'],
  };
}
