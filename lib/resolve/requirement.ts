import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseMarker, renderMarker } from './marker';
import { fileNameOf, nameOfArtifact } from './names';
import { normalizeName } from '../content/package-name';

/** A requirement as pip reads it: PEP 508 and what pip adds to it. */
export interface Requirement {
  /** Normalised; undefined for a path or URL that does not tell. */
  readonly name?: string;
  readonly extras: readonly string[];
  /** Version specifiers without blanks, such as `>=2,<3`; empty for any. */
  readonly specifier: string;
  /** Where it is taken from, instead of a version. */
  readonly source?: RequirementSource;
  readonly marker?: string;
  /** Values of `--hash`. */
  readonly hashes: readonly string[];
  /** File and line, or `requirements[2]`. */
  readonly label: string;
}

export type RequirementSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'repository' }
  /** Absolute path of a folder or of an artefact, and what follows `#`. */
  | { readonly kind: 'path'; readonly path: string; readonly fragment: string };

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*/;
const SPECIFIER = /^\s*(?:===|~=|==|!=|<=|>=|<|>)\s*[^\s,;()]+\s*$/;
const ARCHIVE = /\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$/i;

/** Undefined when the text is no requirement. `directory` is what relative paths start from. */
export function parseRequirement(text: string, directory: string, label: string): Requirement | undefined {
  const editable = /^(?:-e|--editable)(?:\s+|=)(.*)$/s.exec(text)?.[1];
  const { line, hashes } = splitOptions(editable ?? text);
  const parsed = editable === undefined && !looksLikeLocation(line) ? parseNamed(line, directory) : parseLocation(line, directory);
  return parsed === undefined ? undefined : { ...parsed, hashes: [...hashes, ...fragmentHashes(parsed.source)], label };
}

/** The normalised name at the start of a requirement. */
export function requirementName(text: string): string | undefined {
  const name = NAME.exec(text.trim())?.[1];
  return name === undefined ? undefined : normalizeName(name);
}

/** The version of a requirement that allows exactly one. */
export function pinnedVersion({ specifier }: Requirement): string | undefined {
  const version = /^===?([^,*]+)$/.exec(specifier)?.[1];
  return version === undefined || version === '' ? undefined : version;
}

type Parsed = Omit<Requirement, 'hashes' | 'label'>;

function parseNamed(line: string, directory: string): Parsed | undefined {
  const match = NAME.exec(line);
  if (match === null) {
    return undefined;
  }
  const [head, name = '', extras = ''] = match;
  const rest = line.slice(head.length);
  const named = { name: normalizeName(name), extras: splitExtras(extras) };
  if (rest.startsWith('@')) {
    const parts = splitMarker(rest.slice(1), /\s;/);
    return parts && { ...named, specifier: '', source: sourceOf(parts.body, directory), ...parts.marker };
  }
  const parts = splitMarker(rest, /;/);
  const specifiers = (parts?.body ?? '').replace(/^\((.*)\)$/s, '$1').split(',').filter((part) => part.trim() !== '');
  if (parts === undefined || !specifiers.every((part) => SPECIFIER.test(part))) {
    return undefined;
  }
  return { ...named, specifier: specifiers.map((part) => part.replace(/\s+/g, '')).sort().join(','), ...parts.marker };
}

function parseLocation(line: string, directory: string): Parsed | undefined {
  const named = /^[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*@\s/.test(line);
  if (named || line === '') {
    return named ? parseNamed(line, directory) : undefined;
  }
  const parts = splitMarker(line, /\s;/);
  if (parts === undefined) {
    return undefined;
  }
  const [, location = parts.body, extras = ''] = /^(.*?)\[([\w\s,.-]+)\]$/s.exec(parts.body) ?? [];
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(location)?.[1];
  const name = egg === undefined ? nameOfArtifact(fileNameOf(location)) : normalizeName(egg);
  return { name, extras: splitExtras(extras), specifier: '', source: sourceOf(location, directory), ...parts.marker };
}

function sourceOf(text: string, directory: string): RequirementSource {
  const location = text.trim();
  if (/^(?:git|hg|svn|bzr)(?:\+|:)/i.test(location)) {
    return { kind: 'repository' };
  }
  if (/^https?:/i.test(location)) {
    return { kind: 'url', url: location };
  }
  const [file = '', fragment = ''] = location.split('#', 2);
  const local = file.startsWith('file://') ? fileURLToPath(file) : file.replace(/^file:/, '');
  return { kind: 'path', path: path.resolve(directory, local), fragment };
}

/** A path or a URL and no name. A name cannot hold a slash; `name @ …` and markers may, further on. */
function looksLikeLocation(line: string): boolean {
  const [head = ''] = line.split(/[\s;@]/, 1);
  return /^[.~/\\]|^[A-Za-z]:[\\/]/.test(head) || /^[a-z+]+:/i.test(head) || /[\\/]/.test(head) || ARCHIVE.test(head);
}

/** Options follow the requirement; of them only hashes say what it is. */
function splitOptions(text: string): { line: string; hashes: string[] } {
  const start = /\s--?[a-z]/i.exec(text)?.index ?? text.length;
  const hashes = [...text.slice(start).matchAll(/--hash[=\s]\s*(\S+)/g)].map(([, hash = '']) => hash.toLowerCase());
  return { line: text.slice(0, start).trim(), hashes };
}

/** A URL may carry its digest, as in `…/six.whl#sha256=…`. */
function fragmentHashes(source: RequirementSource | undefined): string[] {
  const fragment = source?.kind === 'url' ? source.url.split('#', 2)[1] : source?.kind === 'path' ? source.fragment : undefined;
  return [...(fragment ?? '').matchAll(/(sha(?:256|384|512))=([0-9a-f]+)/gi)]
    .map(([, algorithm = '', digest = '']) => `${algorithm}:${digest}`.toLowerCase());
}

/** The marker in its one spelling; undefined when what follows the separator is none. */
function splitMarker(text: string, separator: RegExp): { body: string; marker: { marker?: string } } | undefined {
  const match = separator.exec(text);
  if (match === null) {
    return { body: text.trim(), marker: {} };
  }
  const marker = parseMarker(text.slice(match.index + match[0].length));
  return marker === undefined ? undefined : { body: text.slice(0, match.index).trim(), marker: { marker: renderMarker(marker) } };
}

function splitExtras(text: string): string[] {
  return text.split(',').map((extra) => normalizeName(extra.trim())).filter((extra) => extra !== '').sort();
}
