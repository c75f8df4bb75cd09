import { both, ConditionReader, either, NEVER } from './condition';
import type { Condition } from './condition';
import { closure } from './graph';
import type { Edge } from './graph';
import { malformedLock, markerFault } from './lock-faults';
import { anyFact, choiceFacts } from './marker';
import { platformFacts } from './platform-facts';
import { poetryDependencies } from './poetry-project';
import type { ProjectFile } from './pyproject';
import { requirementName } from './requirement';
import { isTable, tableOf, textOf, textsOf } from './shape';
import type { Table } from './shape';
import { admitsPython, parseConstraint, satisfies } from './specifier';
import type { Clause } from './specifier';
import { compareVersions, parseVersion } from './version';
import { FaultError } from '../common/fault';
import { normalizeName } from '../content/package-name';
import type { Target } from '../target/target';

export interface PoetryGraph {
  readonly lockPath: string;
  readonly entries: readonly Table[];
  readonly project: ProjectFile;
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  /** Packages by extra of the project, as the lock repeats them. */
  readonly lockExtras: Table;
  readonly target: Target;
}

/** One way to state a dependency; several of them are alternatives for several environments. */
interface Dependency {
  readonly name: string;
  readonly constraint: string;
  readonly extras: readonly string[];
  readonly optional: boolean;
  readonly marker?: string;
  readonly python?: string;
}

/** What the project's main dependencies and the chosen groups and extras reach in a lock of Poetry 1. */
export function poetryClosure(graph: PoetryGraph): Map<Table, Condition> {
  const walker = new Walker(graph);
  const wanted = new Map<Table, Condition>();
  for (const [node, condition] of closure(walker.roots(), (from) => walker.edgesFrom(from))) {
    const entry = walker.entryOf(node);
    wanted.set(entry, either(wanted.get(entry) ?? NEVER, condition));
  }
  return wanted;
}

class Walker {
  private readonly byName = new Map<string, number[]>();
  private readonly readers = new Map<string | undefined, ConditionReader>();

  constructor(private readonly graph: PoetryGraph) {
    graph.entries.forEach((entry, index) => {
      const name = normalizeName(textOf(entry.name) ?? '');
      this.byName.set(name, [...this.byName.get(name) ?? [], index]);
    });
  }

  public entryOf(node: string): Table {
    return this.graph.entries[parseInt(node, 10)] ?? {};
  }

  public roots(): Edge[] {
    const { project, groups, extras, lockExtras } = this.graph;
    const chosen = new Set(Object.entries(lockExtras)
      .filter(([extra]) => extras.includes(normalizeName(extra)))
      .flatMap(([, names]) => textsOf(names).map(normalizeName)));
    return groups
      .flatMap((group) => dependenciesOf(poetryDependencies(project, group)))
      .filter(({ name, optional }) => name !== 'python' && (!optional || chosen.has(name)))
      .flatMap((dependency) => this.edges(dependency, undefined));
  }

  /** A package's own dependencies, or with an extra also the optional ones that the extra brings. */
  public edgesFrom(node: string): Edge[] {
    const entry = this.entryOf(node);
    const extra = /\[(.*)\]$/.exec(node)?.[1];
    const brought = new Set(extra === undefined ? [] : textsOf(named(tableOf(entry.extras), extra)).map(requirementName));
    return dependenciesOf(tableOf(entry.dependencies))
      .filter(({ name, optional, marker }) => !optional || brought.has(name) || (extra !== undefined && marker?.includes('extra') === true))
      .flatMap((dependency) => this.edges(dependency, extra));
  }

  private edges(dependency: Dependency, extra: string | undefined): Edge[] {
    const condition = this.conditionOf(dependency, extra);
    if (condition.length === 0) {
      return [];
    }
    const index = this.find(dependency);
    return ['', ...dependency.extras.map((name) => `[${normalizeName(name)}]`)].map((suffix) => ({ to: `${index}${suffix}`, condition }));
  }

  private conditionOf({ marker, python }: Dependency, extra: string | undefined): Condition {
    const reader = this.readerFor(extra);
    const pythonMarker = python === undefined ? undefined : markerOfPython(python);
    const conditions = [marker, pythonMarker].map((text) => {
      const condition = reader.read(text);
      if (condition === undefined) {
        throw markerFault(text ?? '', this.graph.lockPath);
      }
      return condition;
    });
    return conditions.reduce(both);
  }

  private readerFor(extra: string | undefined): ConditionReader {
    const reader = this.readers.get(extra)
      ?? new ConditionReader(anyFact(choiceFacts('extra', new Set(extra === undefined ? [] : [extra])), platformFacts(this.graph.target)));
    this.readers.set(extra, reader);
    return reader;
  }

  /**
   * Poetry 1 does not write which of several versions a dependency took: it resolves again with the lock as its only index,
   * and so takes the newest one that fits both the constraint and the interpreter. So does this.
   */
  private find({ name, constraint }: Dependency): number {
    const { lockPath, target } = this.graph;
    const indexes = this.byName.get(name) ?? [];
    const [only, ...others] = indexes;
    if (only !== undefined && others.length === 0) {
      return only;
    }
    const allowed = parseConstraint(constraint) ?? [[]];
    const fitting = indexes
      .map((index) => ({ index, entry: this.graph.entries[index] ?? {} }))
      .map(({ index, entry }) => ({ index, version: parseVersion(textOf(entry.version) ?? ''), python: textOf(entry['python-versions']) ?? '*' }))
      .filter(({ version, python }) => version !== undefined && satisfies(version, allowed) && admitsPython(python, target.pythonVersion))
      .sort((a, b) => a.version === undefined || b.version === undefined ? 0 : compareVersions(b.version, a.version));
    const [best] = fitting;
    if (best === undefined) {
      throw malformedLock(lockPath, `no package '${name}' ${constraint} for Python ${target.pythonVersion}`, 'poetry lock');
    }
    return best.index;
  }
}

function dependenciesOf(table: Table): Dependency[] {
  return Object.entries(table).flatMap(([name, stated]) => (Array.isArray(stated) ? stated : [stated]).map((one): Dependency => {
    const details = isTable(one) ? one : {};
    return {
      name: normalizeName(name),
      constraint: textOf(one) ?? textOf(details.version) ?? '*',
      extras: textsOf(details.extras),
      optional: details.optional === true,
      marker: textOf(details.markers),
      python: textOf(details.python),
    };
  }));
}

/** Poetry's `python = ">=3.9,<3.12"` as a marker. */
function markerOfPython(constraint: string): string | undefined {
  const alternatives = parseConstraint(constraint);
  if (alternatives === undefined) {
    throw new FaultError({
      what: 'a Python constraint of pyproject.toml cannot be read',
      got: constraint,
      allowed: 'a version, a range, ^, ~, wildcards and ||',
      fix: 'mend it and run poetry lock',
    });
  }
  const texts = alternatives.map((clauses) => clauses.map(pythonComparison).join(' and '));
  return texts.includes('') ? undefined : texts.map((text) => `(${text})`).join(' or ');
}

/** `python_version` has two parts, so that only a comparison with two or fewer may use it. */
function pythonComparison({ operator, version, prefix }: Clause): string {
  const exact = version.split('.').length === 2 && (prefix || operator === '<' || operator === '>=');
  return exact ? `python_version ${operator} '${version}'` : `python_full_version ${operator} '${version}${prefix ? '.*' : ''}'`;
}

function named(table: Table, name: string): unknown {
  return Object.entries(table).find(([key]) => normalizeName(key) === name)?.[1];
}
