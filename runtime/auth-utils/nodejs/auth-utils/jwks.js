import { loadJwk } from './keys.js';

const SECONDS = 3;
const BYTES = 262144;
const KEYS = 100;

async function download(url) {
  const { get } = await import('node:https');
  // One signal for all of it, so a slow drip ends, too. No agent: after a freeze its sockets would be dead. Redirects are not followed.
  const signal = AbortSignal.timeout(SECONDS * 1000);
  const answer = await new Promise((resolve, reject) => get(url, { signal, agent: false }, resolve).on('error', reject));
  try {
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
    const chunks = [];
    let size = 0;
    for await (const chunk of answer) {
      size += chunk.length;
      if (size > BYTES) throw new Error('too big');
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString());
  } finally {
    answer.destroy();
  }
}

/** The keys of a JWKS. Whatever goes wrong is the server's: an error here means key_unavailable. */
export async function fetchJwks(url, algorithms) {
  const { keys } = await download(url);
  if (!Array.isArray(keys) || keys.length > KEYS) throw new Error('no JWKS');
  return keys.flatMap((jwk) => loadJwk(jwk, algorithms));
}
