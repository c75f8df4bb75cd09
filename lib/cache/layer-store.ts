import * as fs from 'node:fs';
import * as path from 'node:path';
import { publishFolder, replaceFile } from './atomic';
import {
  ARCHIVE, checkDigests, checkFiles, DamagedEntry, describeEntry, MANIFEST, readRecord, RECORD, renderRecord, type EntryRecord,
} from './entry';
import type { CachedLayer, LayerSummary } from './layer-record';
import { isLocked, sweepLocks } from './locks';
import { once } from './once';
import { inTemporary, listFolder, sweepTemporary, temporaryParent } from './temporary';

/** Folder of all entries, each in a folder that has the first letters of its key. */
const LAYERS = 'layers';

/** Beyond this size the entries that were not used for longest go. */
const DEFAULT_MAX_BYTES = 5 * 1024 ** 3;

const HOUR_MS = 60 * 60 * 1000;

/** A use is noted when the last note is older than this, so that most lookups write nothing. */
const NOTE_USE_MS = HOUR_MS / 2;

/** An entry whose last note is younger may have been used within the last hour. */
const IN_USE_MS = HOUR_MS + NOTE_USE_MS;

/** What a builder says of the `layer.zip` and `manifest.json` that it made. */
export interface BuiltLayer {
  readonly summary: LayerSummary;
  /** SHA-256 of the archive as lower-case hex; when left out, the archive is read once more. */
  readonly archiveSha256?: string;
}

/** Who wants to know what a store meets. */
export interface StoreListener {
  /** An entry cannot be used and will be built anew. Told once a key. */
  onDamaged?(key: string, why: string): void;
  /** Another process builds this layer. Told once a wait. */
  onWait?(key: string): void;
}

/** An entry as lists show it. */
export interface StoredEntry {
  readonly key: string;
  readonly bytes: number;
  /** Right to half an hour. */
  readonly lastUsed: Date;
}

/**
 * Built layers by their keys, shared by all processes of a user and safe for each of them being killed at any point.
 * Entries appear whole by a rename and are checked when they are read.
 */
export class LayerStore {
  private static readonly housekept = new Set<string>();

  private readonly damaged = new Set<string>();

  /** @param root folder of the cache, as `cacheLocation` finds it */
  constructor(
    public readonly root: string,
    private readonly listener: StoreListener = {},
  ) {}

  /** Finds a layer. Every synth comes through here: it reads one small file and hashes an archive only when it was copied or changed. */
  public lookup(key: string): CachedLayer | undefined {
    const folder = this.folderOf(key);
    try {
      const record = readRecord(folder, key);
      if (record === undefined) {
        return undefined;
      }
      const current = checkFiles(folder, record);
      this.noteUse(path.join(folder, RECORD), current === record ? undefined : current);
      return { key, summary: record.summary, archivePath: path.join(folder, ARCHIVE), manifestPath: path.join(folder, MANIFEST) };
    } catch (error) {
      this.tellDamaged(key, error);
      return undefined;
    }
  }

  /** Finds a layer or has it made, by one builder over all processes; the others wait for it. */
  public once(key: string, make: () => Promise<CachedLayer>): Promise<CachedLayer> {
    return once({
      root: this.root,
      name: key,
      find: () => this.lookup(key),
      make,
      onWait: () => this.listener.onWait?.(key),
    });
  }

  /**
   * Adds a layer, or replaces a damaged one.
   *
   * @param build leaves `layer.zip` and `manifest.json` in the folder that it is given; everything else there is thrown away
   */
  public async publish(key: string, build: (workFolder: string) => Promise<BuiltLayer>): Promise<CachedLayer> {
    const layer = await inTemporary(this.root, key, async (temporary) => {
      const work = path.join(temporary, 'work');
      await fs.promises.mkdir(work);
      const built = await build(work);

      const finished = path.join(temporary, 'entry');
      await fs.promises.mkdir(finished);
      await fs.promises.rename(path.join(work, ARCHIVE), path.join(finished, ARCHIVE));
      await fs.promises.rename(path.join(work, MANIFEST), path.join(finished, MANIFEST));
      const record = describeEntry(finished, key, built.summary, built.archiveSha256);
      await fs.promises.writeFile(path.join(finished, RECORD), renderRecord(record));
      await publishFolder({
        finished,
        place: this.folderOf(key),
        aside: path.join(temporary, 'replaced'),
        isGood: () => this.lookup(key) !== undefined,
      });
      return this.lookup(key);
    });
    if (layer === undefined) {
      throw new Error(`the cache entry ${key} vanished from ${this.root} while it was written`);
    }
    await this.keepHouse();
    return layer;
  }

  /** All entries, in no order. */
  public entries(): StoredEntry[] {
    const layers = path.join(this.root, LAYERS);
    return listFolder(layers).flatMap((group) =>
      listFolder(path.join(layers, group))
        .filter((key) => key.startsWith(group))
        .map((key) => this.describe(key)));
  }

  /** Removes the entries that were not used for longest until the rest fits; never one that is locked or was used within the last hour. */
  public async prune(maxBytes = DEFAULT_MAX_BYTES): Promise<void> {
    const entries = this.entries().sort((a, b) => a.lastUsed.getTime() - b.lastUsed.getTime());
    let total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    for (const entry of entries) {
      if (total <= maxBytes || entry.lastUsed.getTime() > Date.now() - IN_USE_MS) {
        return;
      }
      if (!isLocked(this.root, entry.key)) {
        await this.remove(entry.key);
        total -= entry.bytes;
      }
    }
  }

  /** Hashes every file of every entry. Removes what is damaged, so that it is built anew. */
  public async verify(): Promise<{ ok: number; damaged: string[] }> {
    const damaged: string[] = [];
    let ok = 0;
    for (const { key } of this.entries()) {
      if (this.isSound(key)) {
        ok += 1;
      } else {
        damaged.push(key);
        await this.remove(key);
      }
    }
    return { ok, damaged };
  }

  private folderOf(key: string): string {
    return path.join(this.root, LAYERS, key.slice(0, 2), key);
  }

  private describe(key: string): StoredEntry {
    const stats = [RECORD, ARCHIVE, MANIFEST].map((name) => fs.statSync(path.join(this.folderOf(key), name), { throwIfNoEntry: false }));
    return {
      key,
      bytes: stats.reduce((sum, stat) => sum + (stat?.size ?? 0), 0),
      lastUsed: stats[0]?.mtime ?? new Date(0),
    };
  }

  private isSound(key: string): boolean {
    try {
      const record = readRecord(this.folderOf(key), key);
      if (record !== undefined) {
        checkDigests(this.folderOf(key), record);
      }
      return record !== undefined;
    } catch (error) {
      this.tellDamaged(key, error);
      return false;
    }
  }

  private tellDamaged(key: string, error: unknown): void {
    if (!(error instanceof DamagedEntry)) {
      throw error;
    }
    if (!this.damaged.has(key)) {
      this.damaged.add(key);
      this.listener.onDamaged?.(key, error.message);
    }
  }

  /** The time of the record is the last use. An entry that was copied here gets a record that fits its files. */
  private noteUse(file: string, adopted: EntryRecord | undefined): void {
    try {
      if (adopted !== undefined) {
        replaceFile(file, (temporary) => fs.writeFileSync(temporary, renderRecord(adopted)), temporaryParent(this.root));
      } else if (fs.statSync(file).mtimeMs < Date.now() - NOTE_USE_MS) {
        const now = new Date();
        fs.utimesSync(file, now, now);
      }
    } catch {
      // A cache that can only be read serves as well.
    }
  }

  private remove(key: string): Promise<void> {
    // Moved first, so that nobody sees half of it.
    return inTemporary(this.root, key, (temporary) => fs.promises.rename(this.folderOf(key), path.join(temporary, 'removed')));
  }

  /** Once a process, after something was added. */
  private async keepHouse(): Promise<void> {
    if (LayerStore.housekept.has(this.root)) {
      return;
    }
    LayerStore.housekept.add(this.root);
    try {
      await sweepTemporary(this.root);
      await sweepLocks(this.root);
      await this.prune();
    } catch {
      // Two processes that tidy at once get into each other's way; the next one does the rest.
    }
  }
}
