import { base64url, sign, token } from '../sign.mjs';
import { claims, group, NOW, publicKey } from './collect.mjs';

const kinds = group('kinds');
const parts = group('parts');
const base64 = group('base64');
const size = group('size');
export default [kinds.cases, parts.cases, base64.cases, size.cases];

const good = token({ payload: claims });
const [H, P, S] = good.split('.');

// What is no text at all
for (const [id, given, about, expect] of [
  ['null', { value: null }, 'None, null', 'missing'],
  ['empty', '', 'The empty text', 'missing'],
  ['space', ' ', 'A space', 'missing'],
  ['white-space', ' \t\r\n ', 'White space alone', 'missing'],
  ['white-space-much', { prefix: '', repeat: ' ', times: 16384, suffix: '' }, 'As much white space as a token may have characters', 'missing'],
  ['zero-byte', '\0', 'A zero byte alone', 'malformed'],
  // White space of one language alone: it is none here, so that both say the same
  ['file-separator', '\x1c', 'U+001C alone, which only Python strips', 'malformed'],
  ['next-line', '\x85', 'U+0085 alone, which only Python strips', 'malformed'],
  ['byte-order-mark', '\ufeff', 'U+FEFF alone, which only JavaScript trims', 'malformed'],
  ['word', 'token', 'A word', 'malformed'],
  ['number', { value: 7 }, 'A number', 'malformed'],
  ['zero', { value: 0 }, 'Zero', 'malformed'],
  ['true', { value: true }, 'true', 'malformed'],
  ['false', { value: false }, 'false', 'malformed'],
  ['list', { value: [good] }, 'A list of a good token', 'malformed'],
  ['empty-list', { value: [] }, 'An empty list', 'malformed'],
  ['object', { value: { token: good } }, 'An object', 'malformed'],
  ['empty-object', { value: {} }, 'An empty object', 'malformed'],
  ['bytes', { bytes: Buffer.from(good).toString('base64') }, 'A good token as bytes', 'valid'],
  ['bytes-not-ascii', { bytes: Buffer.concat([Buffer.from(good), Buffer.from([0xe9])]).toString('base64') }, 'Bytes that are no ASCII', 'malformed'],
  ['bytes-utf-8', { bytes: Buffer.from(`${H}é.${P}.${S}`).toString('base64') }, 'Bytes that are UTF-8 but no ASCII', 'malformed'],
  ['bytes-high-bit', { bytes: Buffer.from(good).map((byte, at) => at === 3 ? byte | 0x80 : byte).toString('base64') },
    'A good token but for the highest bit of one byte', 'malformed'],
  ['bytes-bad-signature', { bytes: Buffer.from(`${H}.${P}.${base64url(Buffer.alloc(32))}`).toString('base64') }, 'Bytes of a bad token',
    'bad_signature'],
]) {
  kinds.add(id, about, expect, { token: given });
}

// Parts
for (const [id, given, about] of [
  ['one', H, 'One part'], ['two', `${H}.${P}`, 'Two parts'], ['four', `${good}.${S}`, 'Four parts'],
  ['five', `${good}.${S}.${S}`, 'Five parts, as encrypted tokens have'],
  ['dot', '.', 'One dot'], ['dots', '..', 'Two dots'], ['three-dots', '...', 'Three dots'], ['no-header', `.${P}.${S}`, 'An empty header'],
  ['no-payload', `${H}..${S}`, 'An empty payload'], ['no-signature', `${H}.${P}.`, 'An empty signature'], ['only-header', `${H}..`, 'A header alone'],
  ['dot-first', `.${good}`, 'A dot before'], ['dot-last', `${good}.`, 'A dot after'], ['double-dot', `${H}..${P}.${S}`, 'An empty part within'],
  ['bearer', `Bearer ${good}`, 'The scheme is still before the token'], ['quoted', `"${good}"`, 'Quotation marks around'],
  ['two-tokens', `${good},${good}`, 'Two tokens'], ['json', JSON.stringify({ protected: H, payload: P, signature: S }), 'The JSON form of a JWS'],
  ['escaped-dots', good.replaceAll('.', '%2E'), 'Dots as URLs escape them'], ['wide-dots', good.replaceAll('.', '\uff0e'), 'Full-width dots'],
]) {
  parts.add(id, about, 'malformed', { token: given });
}
parts.add('no-signature-asymmetric', 'An empty signature where RS256 is wanted', 'malformed', {
  ...publicKey('RS256'), token: token({ header: { alg: 'RS256' }, payload: claims }).replace(/[^.]*$/, ''),
});

// Base64: each part in a form that a kind decoder takes for the same bytes
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** The last character with one of the bits set that carry nothing. */
const uncanonical = (text) => text.slice(0, -1) + ALPHABET[ALPHABET.indexOf(text.at(-1)) | 1];
// All three texts have a length that leaves bits over, and hold - or _ and an a or y, so that each change below is one
const shows = (text) => text.length % 4 >= 2 && /[-_]/.test(text) && /[ay]/.test(text);
const headerText = base64url('{"alg":"HS256","x":"\u00fb\u00ff~~>>??"}');
const [payloadText, signatureText] = Array.from({ length: 100 }, (_, number) => {
  const text = base64url(`{"sub":"user-1","exp":${NOW + 3600},"x":"\u00fb\u00ff~~~>>>???","n":${number + 100}} `);
  return [text, base64url(sign('HS256', `${headerText}.${text}`))];
}).find((texts) => texts.every(shows));
if (!shows(headerText)) {
  throw new Error(`${headerText} does not show what it should`);
}
base64.signed('url-alphabet', 'Both parts hold - and _', 'valid', { encodedHeader: headerText, encodedPayload: payloadText });
const changes = [
  ['last-character', 'the bits of the last character that carry nothing are set', uncanonical],
  ['padding', 'padded', (text) => text + '='.repeat(-text.length & 3)],
  ['padding-within', 'padding within', (text) => `${text.slice(0, 8)}==${text.slice(8)}`],
  ['padding-many', 'four = after it', (text) => `${text}====`],
  ['standard-alphabet', '+ and / for - and _', (text) => text.replaceAll('-', '+').replaceAll('_', '/')],
  ['space-first', 'a space before it', (text) => ` ${text}`],
  ['space-last', 'a space after it', (text) => `${text} `],
  ['space-within', 'a space within', (text) => `${text.slice(0, 8)} ${text.slice(8)}`],
  ['line-end', 'a line end after it', (text) => `${text}\n`],
  ['line-end-within', 'a line end within', (text) => `${text.slice(0, 8)}\r\n${text.slice(8)}`],
  ['tab-within', 'a tab within', (text) => `${text.slice(0, 8)}\t${text.slice(8)}`],
  ['zero-byte', 'a zero byte after it', (text) => `${text}\0`],
  ['other-character', 'a character within that decoders skip', (text) => `${text.slice(0, 8)}!${text.slice(8)}`],
  ['zero-width', 'a zero-width space within', (text) => `${text.slice(0, 8)}\u200b${text.slice(8)}`],
  ['not-ascii', 'a letter that is no ASCII', (text) => `${text.slice(0, 8)}é${text.slice(8)}`],
  ['look-alike', 'a Cyrillic letter for a Latin one', (text) => text.replace(/[ay]/, (letter) => letter === 'a' ? '\u0430' : '\u0443')],
  ['high-byte', 'one character plus 256, which cutting to a byte undoes', (text) => String.fromCharCode(text.charCodeAt(0) + 256) + text.slice(1)],
  ['lone-surrogate', 'a lone surrogate after it', (text) => `${text}\ud800`],
  ['length-1', 'one character too many: length 1 modulo 4', (text) => text + 'A'.repeat((1 - text.length) & 3)],
  ['escaped', 'its last character escaped as in URLs', (text) => `${text.slice(0, -1)}%${text.charCodeAt(text.length - 1).toString(16)}`],
];
for (const [id, about, change] of changes) {
  base64.signed(`header-${id}`, `Header: ${about}`, 'malformed', { encodedHeader: change(headerText), encodedPayload: payloadText });
  base64.signed(`payload-${id}`, `Payload: ${about}`, 'malformed', { encodedHeader: headerText, encodedPayload: change(payloadText) });
  base64.add(`signature-${id}`, `Signature: ${about}`, 'malformed', { token: `${headerText}.${payloadText}.${change(signatureText)}` });
}

for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  const text = token({ header: { alg }, payload: claims });
  base64.add(`${alg.toLowerCase()}-last-character`, `${alg}: the bits of the last character that carry nothing are set`, 'malformed', {
    ...publicKey(alg), token: uncanonical(text),
  });
}

// Sizes
/** A good token of exactly so many characters: the payload has a text that fills it. */
function tokenOf(length) {
  for (let fill = Math.floor(length * 3 / 4) - 200; ; fill += 1) {
    const text = token({ payload: { ...claims, fill: 'x'.repeat(fill) } });
    if (text.length === length) {
      return text;
    }
  }
}
const small = good.length;
size.add('at-small', 'Exactly maxTokenBytes', 'valid', { config: { maxTokenBytes: small }, token: good });
size.add('over-small', 'One character more than maxTokenBytes', 'too_large', { config: { maxTokenBytes: small - 1 }, token: good });
size.add('under-small', 'One character less than maxTokenBytes', 'valid', { config: { maxTokenBytes: small + 1 }, token: good });
size.add('over-small-bytes', 'Bytes, one more than maxTokenBytes', 'too_large', {
  config: { maxTokenBytes: small - 1 }, token: { bytes: Buffer.from(good).toString('base64') },
});
size.add('at-default', 'A good token of exactly 16,384 characters', 'valid', { token: folded(tokenOf(16384)) });
size.add('under-default', 'A good token of 16,383 characters', 'valid', { token: folded(tokenOf(16383)) });
size.add('over-default', 'A good token of 16,385 characters', 'too_large', { token: folded(tokenOf(16385)) });
size.add('raised', 'The same where maxTokenBytes is 20,000', 'valid', { config: { maxTokenBytes: 20000 }, token: folded(tokenOf(16385)) });
const huge = 1024 * 1024;
size.add('megabyte', '1 MB of one letter', 'too_large', { token: { prefix: '', repeat: 'A', times: huge, suffix: '' } });
size.add('megabyte-dots', '1 MB of dots', 'too_large', { token: { prefix: '', repeat: '.', times: huge, suffix: '' } });
size.add('megabyte-payload', '1 MB of payload', 'too_large', { token: { prefix: `${H}.`, repeat: 'A', times: huge, suffix: `.${S}` } });
size.add('megabyte-not-ascii', '1 MB that is no ASCII', 'too_large', { token: { prefix: '', repeat: 'é', times: huge, suffix: '' } });
size.add('megabyte-header', '1 MB of header that opens lists', 'too_large', {
  token: { prefix: base64url('{"alg":"HS256","x":'), repeat: base64url('[[['), times: huge / 4, suffix: `.${P}.${S}` },
});
size.add('dots-within-limit', '16,384 dots', 'malformed', { token: { prefix: '', repeat: '.', times: 16384, suffix: '' } });
size.add('not-ascii-within-limit', '16,384 letters that are no ASCII', 'malformed', { token: { prefix: '', repeat: 'é', times: 16384, suffix: '' } });
size.add('minus-within-limit', 'A header of 16,000 minus signs', 'malformed',
  { token: { prefix: '', repeat: '-', times: 16000, suffix: `.${P}.${S}` } });

/** Its long run of one text as a recipe, so that the file stays small. */
function folded(text) {
  const run = /(.{4})\1{100,}/.exec(text);
  return { prefix: text.slice(0, run.index), repeat: run[1], times: run[0].length / 4, suffix: text.slice(run.index + run[0].length) };
}
