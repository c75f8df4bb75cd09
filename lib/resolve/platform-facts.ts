import type { Comparison, Facts } from './marker';
import { holdsForPython, parseConstraint } from './specifier';
import { MACHINES } from '../target/runtimes';
import type { Target } from '../target/target';

/**
 * What a target decides about markers: everything but the patch release of Python, which Lambda changes at will,
 * and the kernel. So a lock's Windows packages are neither read nor part of a key; what stays open is for uv.
 */
export function platformFacts(target: Target): Facts {
  const values: Readonly<Record<string, string>> = {
    sys_platform: 'linux',
    os_name: 'posix',
    platform_system: 'Linux',
    platform_machine: MACHINES[target.architecture],
    implementation_name: 'cpython',
    platform_python_implementation: 'CPython',
  };
  return (comparison) => {
    if (comparison.variable === 'python_version' || comparison.variable === 'python_full_version') {
      return pythonFact(comparison, target.pythonVersion);
    }
    const actual = values[comparison.variable];
    return actual === undefined ? undefined : textFact(comparison, actual);
  };
}

function textFact({ operator, value, valueFirst }: Comparison, actual: string): boolean | undefined {
  const contained = valueFirst ? actual.includes(value) : value.includes(actual);
  switch (operator) {
    case '==':
      return actual === value;
    case '!=':
      return actual !== value;
    case 'in':
      return contained;
    case 'not in':
      return !contained;
    default:
      return undefined;
  }
}

function pythonFact({ variable, operator, value }: Comparison, pythonVersion: string): boolean | undefined {
  if (operator.endsWith('in') || operator === '===') {
    return undefined;
  }
  const clauses = parseConstraint(`${operator}${value}`)?.[0] ?? [];
  const results = clauses.map((clause) => variable === 'python_version' && !clause.prefix
    ? languageFact(clause.operator, clause.version, pythonVersion)
    : holdsForPython(clause, pythonVersion));
  if (results.length === 0 || results.includes(false)) {
    return results.length === 0 ? undefined : false;
  }
  return results.includes(undefined) ? undefined : true;
}

/** `python_version` has two parts, so that it is known exactly; comparing it with three is left to uv. */
function languageFact(operator: string, version: string, pythonVersion: string): boolean | undefined {
  if (!/^\d+(\.\d+)?$/.test(version)) {
    return undefined;
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [ownMajor = 0, ownMinor = 0] = pythonVersion.split('.').map(Number);
  const order = ownMajor - major || ownMinor - minor;
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}
