import { loadJwk } from './keys.js';

/** Keys of a JWKS. Any error means key_unavailable. */
export async function fetchJwks(url, algorithms) {
  const { get } = await import('node:https');
  // One limit for all, a slow drip too. No agent: after a freeze its sockets are dead. No redirects.
  const options = { agent: false, signal: AbortSignal.timeout(3000) };
  const answer = await new Promise((resolve, reject) => get(url, options, resolve).on('error', reject));
  let text = '';
  try {
    if (answer.statusCode !== 200) throw new Error('status');
    for await (const chunk of answer.setEncoding('latin1')) {
      text += chunk;
      if (text.length > 262144) throw new Error('size');
    }
  } finally {
    answer.destroy();
  }
  const { keys } = JSON.parse(Buffer.from(text, 'latin1').toString());
  if (!Array.isArray(keys) || keys.length > 100) throw new Error('keys');
  return keys.flatMap((jwk) => loadJwk(jwk, algorithms));
}
