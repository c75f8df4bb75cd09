// A BOM stays, and JSON.parse refuses it
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LONG_INTEGER = /(?<![\d.eE+]|[eE]-)\d{301,}(?![\d.eE])/;

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object in the bytes, or undefined. Ours: JSON.parse takes duplicates, any depth, lone surrogates, 1e999. */
export function parseObject(bytes) {
  let text, value;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return;
  }
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
  // Of duplicates JSON.parse keeps one: more colons than members
  let members = bare.split(':').length - 1;
  const sound = (item, depth) => {
    if (typeof item === 'string') return item.isWellFormed();
    if (typeof item === 'number') return Number.isFinite(item);
    if (typeof item !== 'object' || !item) return true;
    const names = Object.keys(item);
    if (!Array.isArray(item)) members -= names.length;
    return depth <= 16 && names.every((name) => name.isWellFormed() && sound(item[name], depth + 1));
  };
  if (isObject(value) && sound(value, 1) && !members && !LONG_INTEGER.test(bare)) return value;
}
