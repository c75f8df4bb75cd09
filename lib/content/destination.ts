import * as path from 'node:path';
import { FaultError } from '../common/fault';

/** What comes before a content's paths in the layer: empty for its root, else a folder with a slash behind it. */
export function destinationPrefix(destination: string): string {
  const normal = path.posix.normalize(destination.split('\\').join('/')).replace(/\/+$/, '');
  if (destination.startsWith('/') || normal === '..' || normal.startsWith('../')) {
    throw new FaultError({
      what: 'the destination is no folder of the layer',
      got: destination,
      allowed: 'a path relative to /opt, such as `certs`',
      fix: 'write it without a leading slash and without `..`',
    });
  }
  return normal === '.' || normal === '' ? '' : `${normal}/`;
}
