import * as path from 'node:path';
import type { ContentSpec } from '../../content/content-spec';

const CLIENTS = path.join(__dirname, '..', '..', '..', 'runtime', 'extensions', 'clients');

/** What Python and Node.js functions ask extensions with; a few kilobytes, so that every layer has both. */
export function clientContents(): ContentSpec[] {
  const client = (source: string, destination: string): ContentSpec => ({
    kind: 'files', path: path.join(CLIENTS, ...source.split('/')), destination, exclude: ['*.d.ts', '*.d.cts'],
  });
  return [client('python/extension_client', 'python/extension_client'), client('nodejs/extension-client', 'nodejs/node_modules/extension-client')];
}
