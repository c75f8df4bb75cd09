// ignoreBOM keeps a BOM, which JSON.parse then refuses
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const STRINGS = /"(?:[^"\\]|\\.)*"/g;
const LONG_INTEGER = /(?<![\d.eE+]|[eE]-)\d{301,}(?![\d.eE])/;

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The object that the bytes hold, or undefined when they are not strict JSON. Ours, as JSON.parse lets through duplicate members,
 * any depth, lone surrogates and numbers beyond a double.
 */
export function parseObject(bytes) {
  let text, value;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const bare = text.replace(STRINGS, '');
  // JSON.parse keeps the last of duplicates: then the value has fewer members than the text has colons
  let members = bare.split(':').length - 1;
  const sound = (item, depth) => {
    if (typeof item === 'string') return item.isWellFormed();
    if (typeof item === 'number') return Number.isFinite(item);
    if (typeof item !== 'object' || item === null) return true;
    if (depth > 16) return false;
    if (Array.isArray(item)) return item.every((one) => sound(one, depth + 1));
    const names = Object.keys(item);
    members -= names.length;
    return names.every((name) => name.isWellFormed() && sound(item[name], depth + 1));
  };
  return isObject(value) && sound(value, 1) && members === 0 && !LONG_INTEGER.test(bare) ? value : undefined;
}
