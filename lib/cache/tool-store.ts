import * as fs from 'node:fs';
import * as path from 'node:path';
import { publishFolder } from './atomic';
import { once } from './once';
import { inTemporary } from './temporary';

/**
 * The folder of a tool in the cache, filled the first time somebody needs it.
 *
 * @param root folder of the cache
 * @param name the tool and its version, which never changes once it is there
 * @param fill installs the tool into an empty folder that is moved afterwards
 */
export function toolFolder(root: string, name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const place = path.join(root, 'tools', name);
  // What is there was moved there whole.
  const find = () => fs.existsSync(place) ? place : undefined;
  const found = find();
  return found !== undefined
    ? Promise.resolve(found)
    : once({ root, name: `tool-${name}`, find, make: () => install(root, place, fill) });
}

function install(root: string, place: string, fill: (folder: string) => Promise<void>): Promise<string> {
  return inTemporary(root, path.basename(place), async (temporary) => {
    const finished = path.join(temporary, 'tool');
    await fs.promises.mkdir(finished);
    await fill(finished);
    await publishFolder({ finished, place, aside: path.join(temporary, 'replaced'), isGood: () => true });
    return place;
  });
}
