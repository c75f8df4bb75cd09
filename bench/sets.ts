import * as path from 'node:path';
import { pythonTarget } from '../lib/target/runtimes';
import type { Target } from '../lib/target/target';

export const RUNTIMES = ['python3.11', 'python3.13'] as const;
export type RuntimeName = typeof RUNTIMES[number];

/** Packages that users put into one layer. */
export interface PackageSet {
  readonly name: 'A' | 'B' | 'C';
  /** Imports all of them, and what each loads at first use. */
  readonly imports: string;
}

const IMPORTS_OF_A = 'import requests, pyshorteners, qrcode';

export const A: PackageSet = { name: 'A', imports: IMPORTS_OF_A };
export const B: PackageSet = {
  name: 'B',
  imports: `${IMPORTS_OF_A}, jwt, cryptography.hazmat.primitives.asymmetric.rsa, sqlalchemy.orm, psycopg2, redis\nfrom pydantic import BaseModel`,
};
export const C: PackageSet = { name: 'C', imports: 'import numpy, pandas, pyarrow' };
export const SETS: readonly PackageSet[] = [A, B, C];

/** The folder with the set's lock, as `LayerContent.python` takes it. */
export function lockFolder(set: PackageSet, runtime: RuntimeName): string {
  return path.join(__dirname, 'sets', `${set.name.toLowerCase()}-${runtime}`);
}

export function targetOf(runtime: RuntimeName): Target {
  return pythonTarget(runtime, 'x86_64')!;
}
