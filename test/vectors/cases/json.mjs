import { base64url } from '../sign.mjs';
import { claims, group, NOW } from './collect.mjs';

const header = group('json-header');
const payload = group('json-payload');
export default [header.cases, payload.cases];

const EXP = `"sub":"user-1","exp":${NOW + 3600}`;
const nest = (levels) => '['.repeat(levels) + ']'.repeat(levels);
const bytes = (before, hex, after) => Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]);
const utf16 = (text) => Buffer.from(text, 'utf16le');
const utf32 = (text) => Buffer.concat([...text].map((letter) => Buffer.from([letter.codePointAt(0), 0, 0, 0])));

/** Texts for both parts: `start` is what an object begins with, its first member or members without a comma. */
const texts = (start) => [
  // Shapes
  ['list', '[]', 'A list', 'malformed'],
  ['list-of-object', `[{${start}}]`, 'An object in a list', 'malformed'],
  ['text', '"text"', 'A text', 'malformed'],
  ['json-in-text', JSON.stringify(`{${start}}`), 'An object, as JSON in a text', 'malformed'],
  ['null', 'null', 'null', 'malformed'],
  ['number', '1', 'A number', 'malformed'],
  ['true', 'true', 'true', 'malformed'],
  ['nothing', ' ', 'White space alone', 'malformed'],
  ['cut', `{${start}`, 'An object that does not end', 'malformed'],
  ['trailing', `{${start}}x`, 'A letter after the object', 'malformed'],
  ['trailing-object', `{${start}}{}`, 'Another object after the object', 'malformed'],
  ['trailing-zero-byte', `{${start}}\0`, 'A zero byte after the object', 'malformed'],
  ['leading-letter', `)]}'{${start}}`, 'Something before the object', 'malformed'],
  ['white-space', ` \t\r\n{\n ${start.replaceAll(':', ' :\t').replaceAll(',', '\r\n,')} } \n`, 'All four kinds of white space', 'valid'],
  ['form-feed', `\f{${start}}`, 'A form feed is no white space', 'malformed'],
  ['vertical-tab', `{${start}}\v`, 'A vertical tab is no white space', 'malformed'],
  ['no-break-space', `\u00a0{${start}}`, 'A no-break space is no white space', 'malformed'],
  ['line-separator', `{${start}}\u2028`, 'U+2028 is no white space', 'malformed'],
  ['line-separator-in-text', `{${start},"x":"\u2028\u2029"}`, 'U+2028 within a text', 'valid'],
  // Encodings
  ['bom', `\ufeff{${start}}`, 'A byte order mark', 'malformed'],
  ['bom-in-text', `{${start},"x":"\ufeff"}`, 'U+FEFF within a text', 'valid'],
  ['utf-16', utf16(`{${start}}`), 'UTF-16', 'malformed'],
  ['utf-16-bom', Buffer.concat([Buffer.from('fffe', 'hex'), utf16(`{${start}}`)]), 'UTF-16 with its mark', 'malformed'],
  ['utf-16-big', utf16(`{${start}}`).swap16(), 'UTF-16, big-endian', 'malformed'],
  ['utf-32', utf32(`{${start}}`), 'UTF-32', 'malformed'],
  ['latin-1', bytes(`{${start},"x":"`, 'e9', '"}'), 'A letter in Latin-1: no UTF-8', 'malformed'],
  ['byte-ff', bytes(`{${start},"x":"`, 'ff', '"}'), 'A byte that UTF-8 never has', 'malformed'],
  ['overlong', bytes(`{${start},"x":"`, 'c0af', '"}'), 'An overlong form', 'malformed'],
  ['overlong-quote', bytes(`{${start},"x":"`, 'c0a2', '"}'), 'An overlong quotation mark', 'malformed'],
  ['cut-sequence', bytes(`{${start},"x":"`, 'e282', '"}'), 'A sequence that is cut off', 'malformed'],
  ['surrogate-in-utf-8', bytes(`{${start},"x":"`, 'eda080', '"}'), 'A surrogate in UTF-8', 'malformed'],
  ['cesu-8', bytes(`{${start},"x":"`, 'eda0bdedb880', '"}'), 'A pair of surrogates in UTF-8', 'malformed'],
  ['beyond-unicode', bytes(`{${start},"x":"`, 'f4908080', '"}'), 'Beyond U+10FFFF', 'malformed'],
  ['invalid-name', bytes(`{${start},"`, 'ff', '":1}'), 'Invalid UTF-8 in a name', 'malformed'],
  ['invalid-after', bytes(`{${start}}`, 'ff', ''), 'Invalid UTF-8 after the object', 'malformed'],
  ['utf-8', `{${start},"größe":"\u{1f600} \u0800 \uffff"}`, 'UTF-8 of each length', 'valid'],
  // Texts
  ['high-surrogate', `{${start},"x":"\\ud800"}`, 'A lone high surrogate, escaped', 'malformed'],
  ['low-surrogate', `{${start},"x":"a\\udc00b"}`, 'A lone low surrogate, escaped', 'malformed'],
  ['surrogates-swapped', `{${start},"x":"\\ude00\\ud83d"}`, 'A pair in the wrong order', 'malformed'],
  ['two-high-surrogates', `{${start},"x":"\\ud83d\\ud83d\\ude00"}`, 'A high surrogate before a pair', 'malformed'],
  ['surrogate-in-name', `{${start},"\\udfff":1}`, 'A lone surrogate in a name', 'malformed'],
  ['surrogate-deep', `{${start},"x":[{"y":["\\uD800"]}]}`, 'A lone surrogate deeper down', 'malformed'],
  ['surrogate-deep-name', `{${start},"x":[{"\\uDBFF":1}]}`, 'A lone surrogate in a name deeper down', 'malformed'],
  ['surrogate-pair', `{${start},"x":"\\ud83d\\uDE00"}`, 'A pair, escaped', 'valid'],
  ['escaped-backslash', `{${start},"x":"\\\\ud800"}`, 'A backslash and the letters ud800', 'valid'],
  ['escapes', `{${start},"x":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000"}`, 'Every escape', 'valid'],
  ['raw-line-end', `{${start},"x":"a\nb"}`, 'A line end within a text', 'malformed'],
  ['raw-tab', `{${start},"x":"a\tb"}`, 'A tab within a text', 'malformed'],
  ['raw-zero-byte', `{${start},"x":"a\0b"}`, 'A zero byte within a text', 'malformed'],
  ['raw-delete', `{${start},"x":"a\x7fb"}`, 'U+007F within a text', 'valid'],
  ['escape-x', `{${start},"x":"\\x41"}`, 'The escape \\x', 'malformed'],
  ['escape-short', `{${start},"x":"\\u12"}`, 'Half an escape', 'malformed'],
  ['escape-sign', `{${start},"x":"\\u+123"}`, 'A sign within an escape', 'malformed'],
  ['escape-space', `{${start},"x":"\\u 123"}`, 'A space within an escape', 'malformed'],
  ['escape-underscore', `{${start},"x":"\\u0_41"}`, 'An underscore within an escape', 'malformed'],
  ['single-quotes', `{${start},'x':1}`, 'Single quotation marks', 'malformed'],
  ['no-quotes', `{${start},x:1}`, 'A name without quotation marks', 'malformed'],
  ['comma-at-end', `{${start},}`, 'A comma before the end', 'malformed'],
  ['comma-in-list', `{${start},"x":[1,]}`, 'A comma before the end of a list', 'malformed'],
  ['comma-twice', `{${start},,"x":1}`, 'Two commas', 'malformed'],
  ['comment', `{${start}/* */}`, 'A comment', 'malformed'],
  ['upper-true', `{${start},"x":True}`, 'True with a capital', 'malformed'],
  ['undefined', `{${start},"x":undefined}`, 'undefined', 'malformed'],
  ['name-number', `{${start},1:2}`, 'A number as name', 'malformed'],
  ['name-alone', `{${start},"x"}`, 'A name without a value', 'malformed'],
  // Duplicate members
  ['duplicate', `{${start},"x":1,"x":1}`, 'The same member twice, with the same value', 'malformed'],
  ['duplicate-escaped', `{${start},"x":1,"\\u0078":2}`, 'The second time with an escape', 'malformed'],
  ['duplicate-escaped-case', `{${start},"\\u00e9":1,"\\u00E9":2}`, 'Escapes of other case', 'malformed'],
  ['duplicate-slash', `{${start},"a/b":1,"a\\/b":2}`, 'A slash, once escaped', 'malformed'],
  ['duplicate-astral', `{${start},"\u{1f600}":1,"\\ud83d\\ude00":2}`, 'A letter beyond U+FFFF, once as a pair', 'malformed'],
  ['duplicate-nested', `{${start},"x":{"y":1,"y":2}}`, 'In an object within', 'malformed'],
  ['duplicate-in-list', `{${start},"x":[1,[{"y":1,"z":0,"y":2}]]}`, 'In an object in a list', 'malformed'],
  ['duplicate-empty', `{${start},"":1,"":2}`, 'The empty name twice', 'malformed'],
  ['duplicate-proto', `{${start},"__proto__":1,"__proto__":2}`, '__proto__ twice', 'malformed'],
  ['duplicate-object', `{${start},"x":{},"x":{}}`, 'Two objects of one name', 'malformed'],
  ['same-name-apart', `{${start},"x":{"y":1},"z":{"y":1},"y":1}`, 'The same name in different objects', 'valid'],
  ['names-alike', `{${start},"x":1,"X":2,"x ":3,"":4}`, 'Names that are only alike', 'valid'],
  ['names-not-normalised', `{${start},"\u00e9":1,"e\u0301":2}`, 'Names that are equal only when normalised', 'valid'],
  ['names-of-prototype', `{${start},"constructor":1,"toString":2,"hasOwnProperty":3,"length":4}`, 'Names that every object has', 'valid'],
  // Depth
  ['depth-16', `{${start},"x":${nest(15)}}`, '16 levels', 'valid'],
  ['depth-17', `{${start},"x":${nest(16)}}`, '17 levels', 'malformed'],
  ['depth-16-objects', `{${start},"x":${'{"x":'.repeat(14)}{}${'}'.repeat(15)}`, '16 levels of objects', 'valid'],
  ['depth-17-objects', `{${start},"x":${'{"x":'.repeat(15)}{}${'}'.repeat(16)}`, '17 levels of objects', 'malformed'],
  ['depth-16-number', `{${start},"x":${'['.repeat(15)}1${']'.repeat(15)}}`, 'A number within 16 levels', 'valid'],
  ['depth-2000', `{${start},"x":${nest(2000)}}`, '2,001 levels', 'malformed'],
  ['depth-open', `{${start},"x":${'['.repeat(2000)}`, '2,001 levels that never end', 'malformed'],
  ['depth-wide', `{${start},"x":[${'[],'.repeat(40)}[]]}`, 'Many lists beside each other', 'valid'],
  ['brackets-in-text', `{${start},"x":"${'[{'.repeat(20)}"}`, 'Brackets within a text', 'valid'],
  ['brackets-after-escape', `{${start},"x":"\\"${'[{'.repeat(20)}\\\\"}`, 'Brackets within a text with escaped quotation marks', 'valid'],
  // Numbers
  ['nan', `{${start},"x":NaN}`, 'NaN', 'malformed'],
  ['infinity', `{${start},"x":Infinity}`, 'Infinity', 'malformed'],
  ['minus-infinity', `{${start},"x":-Infinity}`, '-Infinity', 'malformed'],
  ['nan-in-text', `{${start},"x":"NaN Infinity"}`, 'NaN within a text', 'valid'],
  ['1e999', `{${start},"x":1e999}`, '1e999: not finite', 'malformed'],
  ['minus-1e999', `{${start},"x":[{"y":-1E+999}]}`, '-1E+999 deeper down', 'malformed'],
  ['1e309', `{${start},"x":1e309}`, '1e309: just not finite', 'malformed'],
  ['1e308', `{${start},"x":1e308}`, '1e308: finite', 'valid'],
  ['just-finite', `{${start},"x":1.7976931348623157e308}`, 'The largest double', 'valid'],
  ['1e-999', `{${start},"x":1e-999}`, '1e-999 is zero', 'valid'],
  ['digits-16', `{${start},"x":9007199254740993}`, 'An integer beyond 2^53', 'valid'],
  ['digits-30', `{${start},"x":-${'123456789'.repeat(3)}012}`, 'An integer of 30 digits', 'valid'],
  ['digits-300', `{${start},"x":1${'0'.repeat(299)}}`, 'An integer of 300 digits', 'valid'],
  ['digits-310', `{${start},"x":1${'0'.repeat(309)}}`, 'An integer of 310 digits: not finite', 'malformed'],
  ['digits-310-deep', `{${start},"x":[[-9${'9'.repeat(309)}]]}`, 'A negative one deeper down', 'malformed'],
  ['digits-5000', `{${start},"x":${'7'.repeat(5000)}}`, 'An integer of 5,000 digits', 'malformed'],
  ['fraction-310', `{${start},"x":1${'0'.repeat(309)}.5}`, '310 digits and a fraction', 'malformed'],
  ['digits-in-text', `{${start},"x":"${'7'.repeat(400)}"}`, '400 digits in a text', 'valid'],
  ['fraction-400', `{${start},"x":0.${'1'.repeat(400)}}`, 'A fraction of 400 digits', 'valid'],
  ['zero-first', `{${start},"x":01}`, 'A leading zero', 'malformed'],
  ['plus', `{${start},"x":+1}`, 'A plus sign', 'malformed'],
  ['point-first', `{${start},"x":.5}`, 'No digit before the point', 'malformed'],
  ['point-last', `{${start},"x":1.}`, 'No digit after the point', 'malformed'],
  ['hexadecimal', `{${start},"x":0x10}`, 'Hexadecimal', 'malformed'],
  ['underscore', `{${start},"x":1_000}`, 'An underscore', 'malformed'],
  ['minus-alone', `{${start},"x":-}`, 'A minus sign alone', 'malformed'],
  ['exponent-alone', `{${start},"x":1e}`, 'An exponent without digits', 'malformed'],
  ['bigint', `{${start},"x":1n}`, 'A BigInt of JavaScript', 'malformed'],
  ['arabic-digits', `{${start},"x":\u0661\u0662}`, 'Digits that are not ASCII', 'malformed'],
];

for (const [id, text, about, expect] of texts('"alg":"HS256"')) {
  header.signed(id, about, expect, { header: text });
}
header.signed('duplicate-alg', 'alg twice: none and HS256', 'malformed', { header: '{"alg":"none","alg":"HS256"}' });
header.signed('duplicate-alg-last', 'alg twice: HS256 and none', 'malformed', { header: '{"alg":"HS256","alg":"none"}' });
header.signed('duplicate-alg-escaped', 'alg twice, once with an escape', 'malformed', { header: '{"alg":"HS256","\\u0061lg":"none"}' });
header.signed('duplicate-kid', 'kid twice', 'malformed', { header: '{"alg":"HS256","kid":"a","kid":"b"}' });

for (const [id, text, about, expect] of texts(EXP)) {
  payload.signed(id, about, expect, { payload: text });
}
payload.signed('empty-object', 'An empty object where exp is not required', 'valid', { payload: '{}', config: { requireExpiration: false } });
payload.signed('duplicate-sub', 'sub twice', 'malformed', { payload: `{"sub":"user-1","exp":${NOW + 3600},"sub":"admin"}` });
payload.signed('duplicate-sub-escaped', 'sub twice, once with an escape', 'malformed', { payload: `{${EXP},"\\u0073\\u0075\\u0062":"admin"}` });
payload.signed('duplicate-exp', 'exp twice, the first one passed', 'malformed', { payload: `{"exp":1,"sub":"user-1","exp":${NOW + 3600}}` });
payload.signed('proto', 'A member __proto__ changes no prototype', 'valid', { payload: `{${EXP},"__proto__":{"admin":true}}` });
payload.signed('proto-text', '__proto__ is a text', 'valid', { payload: `{${EXP},"__proto__":"x","constructor":{"prototype":{"admin":true}}}` });
payload.signed('proto-nested', '__proto__ deeper down', 'valid', { payload: `{${EXP},"x":{"__proto__":{"admin":true},"y":[{"__proto__":null}]}}` });
payload.signed('proto-escaped', '__proto__ written with escapes', 'valid', { payload: `{${EXP},"\\u005f_proto__":{"admin":true}}` });
payload.signed('exp-by-prototype', 'exp only in a member __proto__', 'missing_claim',
  { payload: `{"sub":"user-1","__proto__":{"exp":${NOW + 3600}}}` });
payload.signed('jwt-within', 'The payload is a token', 'malformed',
  { header: { cty: 'JWT' }, payload: `${base64url('{}')}.${base64url(JSON.stringify(claims))}.AAAA` });
