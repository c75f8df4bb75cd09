/** A managed runtime of Lambda, as far as layers care. */
interface LambdaRuntime {
  readonly system: 'al2' | 'al2023';
  /** Day from which Lambda may no longer patch it; undefined when none is set. */
  readonly deprecated?: string;
  /** Day from which no function can be created with it. */
  readonly createBlocked?: string;
}

/** What decides which native code a runtime can load. */
export interface LambdaSystem {
  /** The newest `GLIBC_` symbol version that it has. */
  readonly glibc: string;
  /** The newest manylinux platform of uv that this glibc satisfies (uv has none between 2_17 and 2_28). */
  readonly manylinux: string;
  /** Whether its `/usr/bin/env` takes a program and its arguments by `-S`, as that of coreutils 8.30 and newer does. */
  readonly hasEnvSplit: boolean;
}

const SYSTEMS: Readonly<Record<LambdaRuntime['system'], LambdaSystem>> = {
  al2: { glibc: '2.26', manylinux: 'manylinux2014', hasEnvSplit: false },
  al2023: { glibc: '2.34', manylinux: 'manylinux_2_34', hasEnvSplit: true },
};

/**
 * AWS moves these days often, and always to later ones: look at the page before believing a warning that matters.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, as of August 2026
 */
const RUNTIMES: Readonly<Record<string, LambdaRuntime>> = {
  'nodejs16.x': { system: 'al2', deprecated: '2024-06-12', createBlocked: '2027-02-01' },
  'nodejs18.x': { system: 'al2', deprecated: '2025-09-01', createBlocked: '2027-02-01' },
  'nodejs20.x': { system: 'al2023', deprecated: '2026-04-30', createBlocked: '2027-02-01' },
  'nodejs22.x': { system: 'al2023', deprecated: '2027-04-30', createBlocked: '2027-06-01' },
  'nodejs24.x': { system: 'al2023', deprecated: '2028-04-30', createBlocked: '2028-06-01' },
  'nodejs26.x': { system: 'al2023' },
  'python3.8': { system: 'al2', deprecated: '2024-10-14', createBlocked: '2027-02-01' },
  'python3.9': { system: 'al2', deprecated: '2025-12-15', createBlocked: '2027-02-01' },
  'python3.10': { system: 'al2', deprecated: '2026-10-31', createBlocked: '2027-02-01' },
  'python3.11': { system: 'al2', deprecated: '2027-06-30', createBlocked: '2027-07-31' },
  'python3.12': { system: 'al2023', deprecated: '2028-10-31', createBlocked: '2028-11-30' },
  'python3.13': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
  'python3.14': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
  'python3.15': { system: 'al2023' },
  'java8.al2': { system: 'al2', deprecated: '2027-06-30', createBlocked: '2027-07-31' },
  'java8.al2023': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
  'java11': { system: 'al2', deprecated: '2027-06-30', createBlocked: '2027-07-31' },
  'java11.al2023': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
  'java17': { system: 'al2', deprecated: '2027-06-30', createBlocked: '2027-07-31' },
  'java17.al2023': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
  'java21': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
  'java25': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
  'dotnet6': { system: 'al2', deprecated: '2024-12-20', createBlocked: '2027-02-01' },
  'dotnet8': { system: 'al2023', deprecated: '2026-11-10', createBlocked: '2027-02-01' },
  'dotnet10': { system: 'al2023', deprecated: '2028-11-14', createBlocked: '2028-12-14' },
  'ruby3.2': { system: 'al2', deprecated: '2026-03-31', createBlocked: '2027-02-01' },
  'ruby3.3': { system: 'al2023', deprecated: '2027-03-31', createBlocked: '2027-04-30' },
  'ruby3.4': { system: 'al2023', deprecated: '2028-03-31', createBlocked: '2028-04-30' },
  'ruby4.0': { system: 'al2023', deprecated: '2029-03-31', createBlocked: '2029-04-30' },
  'provided.al2': { system: 'al2', deprecated: '2026-07-31', createBlocked: '2027-02-01' },
  'provided.al2023': { system: 'al2023', deprecated: '2029-06-30', createBlocked: '2029-07-31' },
};

/** The runtimes that this table knows. */
export const RUNTIME_NAMES: readonly string[] = Object.keys(RUNTIMES);

/** The system of a runtime; undefined for a runtime that this table does not know. */
export function systemOf(runtime: string): LambdaSystem | undefined {
  const known = RUNTIMES[runtime];
  return known === undefined ? undefined : SYSTEMS[known.system];
}

/** When a runtime ends, as AWS has announced it; undefined when it has not. */
export function endOf(runtime: string): { readonly deprecated: string; readonly createBlocked: string } | undefined {
  const { deprecated, createBlocked } = RUNTIMES[runtime] ?? {};
  return deprecated === undefined || createBlocked === undefined ? undefined : { deprecated, createBlocked };
}
