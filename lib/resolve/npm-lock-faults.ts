import { listOf, tableOf, textOf } from './shape';
import type { Table } from './shape';
import type { Fault } from '../common/fault';

/** What package.json and the lock's root must agree on, or `npm ci` refuses. */
const WANTED = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'] as const;

/** Where npm may put a package. A lock is text that anybody may have written: nothing else becomes a path. */
const PLACE = /^node_modules\/(?:@[^/@]+\/)?[^/@.][^/@]*(?:\/node_modules\/(?:@[^/@]+\/)?[^/@.][^/@]*)*$/;

/** Digests that still prove something. SHA-1 does not, nor does an empty one. */
const DIGEST = /(?:^|\s)sha(?:256|384|512)-[A-Za-z0-9+/]{43,}={0,2}/;

export function workspaceFaults(project: Table, lockPath: string): Fault[] {
  const { workspaces } = project;
  const hasSome = listOf(workspaces).length > 0 || listOf(tableOf(workspaces).packages).length > 0;
  return !hasSome ? [] : [{
    what: 'a project with workspaces is not read',
    got: `workspaces beside ${lockPath}: ${JSON.stringify(workspaces)}`,
    allowed: 'a package.json of one package, with a lock of its own',
    fix: 'make a folder with a package.json that lists what the layer needs, and run `npm install --package-lock-only` there',
  }];
}

export function staleFaults(project: Table, root: Table, lockPath: string): Fault[] {
  const different = WANTED.filter((name) => render(project, name) !== render(root, name));
  return different.length === 0 ? [] : [{
    what: 'the lock is of other requirements than package.json',
    got: different.map((name) => `${name} in package.json: ${render(project, name)}; in ${lockPath}: ${render(root, name)}`).join('\n'),
    allowed: 'a lock of this package.json',
    fix: 'run `npm install --package-lock-only` in that folder, and commit the lock',
  }];
}

/** What is optional as well counts as optional: npm writes such a package down in one place only. */
function render(project: Table, name: typeof WANTED[number]): string {
  const optional = name === 'dependencies' ? tableOf(project.optionalDependencies) : {};
  const wanted = Object.entries(tableOf(project[name])).filter(([one]) => !(one in optional));
  return JSON.stringify(Object.fromEntries(wanted.sort(([a], [b]) => a < b ? -1 : 1)));
}

/** What cannot be fetched again as the same bytes. */
export function entryFaults(place: string, entry: Table, lockPath: string): Fault[] {
  const resolved = textOf(entry.resolved);
  if (entry.link === true || resolved?.startsWith('file:') === true || !place.startsWith('node_modules/')) {
    return [{
      what: 'a dependency is a folder or file of this machine',
      got: `${place} in ${lockPath}`,
      allowed: 'packages of a registry',
      fix: 'publish it, or bring it by `LayerContent.files` with the destination `nodejs/node_modules/<name>`',
    }];
  }
  if (!PLACE.test(place)) {
    return [{
      what: 'the lock has a package at a place that npm does not use',
      got: `${JSON.stringify(place)} in ${lockPath}`,
      allowed: 'places such as node_modules/<name>',
      fix: 'let npm write the lock again: `npm install --package-lock-only`',
    }];
  }
  if (entry.resolved !== undefined && !/^https?:\/\//.test(resolved ?? '')) {
    return [{
      what: 'a dependency comes from no registry',
      got: `${place} in ${lockPath}: ${/^git/.test(resolved ?? '') ? 'a git repository, which has no digest' : 'an address that is not https'}`,
      allowed: 'packages of a registry, or tarballs, with an `integrity`',
      fix: 'take a version of a registry, then run `npm install --package-lock-only` and commit the lock',
    }];
  }
  // What comes inside another package's tarball has neither an address nor a digest of its own.
  const isInside = entry.inBundle === true && entry.resolved === undefined && entry.integrity === undefined && place.includes('/node_modules/');
  return isInside || DIGEST.test(textOf(entry.integrity) ?? '') ? [] : [{
    what: 'a dependency has no digest in the lock',
    got: `${place} in ${lockPath}: ${/^sha1-/.test(textOf(entry.integrity) ?? '') ? 'a SHA-1, which proves nothing any more' : 'no integrity'}`,
    allowed: 'packages with an `integrity` of SHA-256 or more',
    fix: `remove ${JSON.stringify(place)} from the lock, run \`npm install --package-lock-only\` and commit the lock`,
  }];
}
