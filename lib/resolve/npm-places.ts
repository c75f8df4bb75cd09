import { listOf, tableOf } from './shape';
import type { Table } from './shape';

/** What npm calls a machine. */
export interface NpmMachine {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
}

type Entries = ReadonlyMap<string, Table>;

/** What a lock pins, as far as a machine needs it. */
export interface NpmPlaces {
  /** Paths of the packages that belong on the machine. */
  readonly needed: ReadonlySet<string>;
  /** Every other path that the lock knows: of development, of other machines, and of what only those need. */
  readonly others: ReadonlySet<string>;
}

/**
 * Which packages of a lock belong on a machine. npm decides this itself, but it also leaves an optional package out when that cannot be fetched or
 * its `engines` exclude the Node.js that npm runs on, and different versions of it leave different things behind.
 */
export function placesOn(entries: Entries, machine: NpmMachine): NpmPlaces {
  const paths = [...entries.keys()].filter((place) => place !== '');
  const unfit = new Set(paths.filter((place) => isOptional(entries.get(place)!) && !fits(entries.get(place)!, machine)));
  const reached = reachable(entries, new Set());
  const stillReached = unfit.size === 0 ? reached : reachable(entries, unfit);
  const isNeeded = (place: string): boolean => {
    const entry = entries.get(place)!;
    return entry.dev !== true && entry.extraneous !== true && !unfit.has(place)
      && (!isOptional(entry) || stillReached.has(place) || !reached.has(place));
  };
  const needed = new Set(paths.filter(isNeeded));
  return { needed, others: new Set(paths.filter((place) => !needed.has(place))) };
}

/** Whether npm carries on without it. */
export function isOptional(entry: Table): boolean {
  return entry.optional === true || entry.devOptional === true;
}

/** The name of the package at a path. */
export function packageNameAt(place: string): string {
  return place.replace(/^.*node_modules\//, '');
}

function fits(entry: Table, machine: NpmMachine): boolean {
  return (['os', 'cpu', 'libc'] as const).every((field) => allows(entry[field], machine[field]));
}

/** As npm reads such a list: names that are wanted, and with `!` names that are not. */
function allows(value: unknown, name: string): boolean {
  const list = typeof value === 'string' ? [value] : listOf(value);
  const wanted = list.filter((one) => typeof one === 'string' && !one.startsWith('!'));
  return !list.includes(`!${name}`) && (wanted.length === 0 || wanted.includes(name) || (wanted.length === 1 && wanted[0] === 'any'));
}

/** Paths that production reaches from the project without passing through some of them. */
function reachable(entries: Entries, without: ReadonlySet<string>): Set<string> {
  const reached = new Set<string>();
  const waiting = [''];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { dependencies, optionalDependencies, peerDependencies } = entries.get(place) ?? {};
    for (const name of [dependencies, optionalDependencies, peerDependencies].flatMap((one) => Object.keys(tableOf(one)))) {
      const found = resolve(entries, place, name);
      if (found !== undefined && !reached.has(found) && !without.has(found)) {
        reached.add(found);
        waiting.push(found);
      }
    }
  }
  return reached;
}

/** As Node.js searches: in the package's own `node_modules`, then in those above it. */
function resolve(entries: Entries, from: string, name: string): string | undefined {
  const folders = from.split('/node_modules/').map((_, index, parts) => parts.slice(0, parts.length - index).join('/node_modules/'));
  const places = [...folders.filter((folder) => folder !== '').map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
  return places.find((place) => entries.has(place));
}
