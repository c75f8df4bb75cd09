import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { codeOf } from './atomic';
import { fileDigest } from './file-digest';
import type { LayerSummary } from './layer-record';

export const ARCHIVE = 'layer.zip';
export const MANIFEST = 'manifest.json';
export const RECORD = 'record.json';

const RECORD_VERSION = 1;

/** What is known of a file of an entry. Size, time, inode and owner tell cheaply that it is still the one that was hashed. */
interface FileFacts {
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly ino: number;
  readonly uid: number;
  readonly sha256: string;
}

/** `record.json`: all that a lookup needs, and nothing that ties the entry to its place. */
export interface EntryRecord {
  readonly version: number;
  readonly key: string;
  readonly summary: LayerSummary;
  readonly files: {
    readonly [ARCHIVE]: FileFacts;
    readonly [MANIFEST]: FileFacts;
  };
}

/** Why an entry cannot be used. Never leaves this folder of the library. */
export class DamagedEntry extends Error {}

/**
 * Describes the finished files of an entry.
 *
 * @param archiveSha256 digest of the archive, where its builder knows it
 */
export function describeEntry(folder: string, key: string, summary: LayerSummary, archiveSha256?: string): EntryRecord {
  return {
    version: RECORD_VERSION,
    key,
    summary,
    files: {
      [ARCHIVE]: describeFile(path.join(folder, ARCHIVE), archiveSha256),
      [MANIFEST]: describeFile(path.join(folder, MANIFEST)),
    },
  };
}

/** The text of `record.json`: the record on one line, and its digest on the next. */
export function renderRecord(record: EntryRecord): string {
  const text = JSON.stringify(record);
  return `${text}\n${textDigest(text)}\n`;
}

/** Reads an entry's record; undefined when there is no such entry. */
export function readRecord(folder: string, key: string): EntryRecord | undefined {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, RECORD), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw new DamagedEntry(`${RECORD} cannot be read (${codeOf(error)})`);
  }
  const [json, digest] = text.split('\n');
  if (digest !== textDigest(json)) {
    throw new DamagedEntry(`${RECORD} is truncated or changed`);
  }
  const record = JSON.parse(json) as EntryRecord;
  if (record.version !== RECORD_VERSION || record.key !== key) {
    throw new DamagedEntry(`${RECORD} belongs to another entry`);
  }
  return record;
}

/**
 * Checks an entry's files: by size, time, inode and owner, and by digest where those differ, as after a copy.
 * Returns the record as it should be now; the same object when nothing differs.
 */
export function checkFiles(folder: string, record: EntryRecord): EntryRecord {
  const archive = checkFile(folder, ARCHIVE, record.files[ARCHIVE]);
  const manifest = checkFile(folder, MANIFEST, record.files[MANIFEST]);
  return archive === record.files[ARCHIVE] && manifest === record.files[MANIFEST]
    ? record
    : { ...record, files: { [ARCHIVE]: archive, [MANIFEST]: manifest } };
}

/** Checks every byte of an entry. */
export function checkDigests(folder: string, record: EntryRecord): void {
  for (const name of [ARCHIVE, MANIFEST] as const) {
    checkDigest(folder, name, record.files[name]);
  }
}

function checkFile(folder: string, name: string, facts: FileFacts): FileFacts {
  const stat = fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) {
    throw new DamagedEntry(`${name} is missing`);
  }
  if (stat.size !== facts.bytes) {
    throw new DamagedEntry(`${name} has ${stat.size} bytes instead of ${facts.bytes}`);
  }
  if (stat.mtimeMs === facts.mtimeMs && stat.ino === facts.ino && stat.uid === facts.uid) {
    return facts;
  }
  checkDigest(folder, name, facts);
  return factsOf(stat, facts.sha256);
}

function checkDigest(folder: string, name: string, facts: FileFacts): void {
  let found: string;
  try {
    found = fileDigest(path.join(folder, name));
  } catch (error) {
    throw new DamagedEntry(`${name} cannot be read (${codeOf(error)})`);
  }
  if (found !== facts.sha256) {
    throw new DamagedEntry(`${name} has other bytes than were written`);
  }
}

function describeFile(file: string, sha256 = fileDigest(file)): FileFacts {
  return factsOf(fs.lstatSync(file), sha256);
}

function factsOf(stat: fs.Stats, sha256: string): FileFacts {
  return { bytes: stat.size, mtimeMs: stat.mtimeMs, ino: stat.ino, uid: stat.uid, sha256 };
}

function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
