const fs = require('node:fs');
const path = require('node:path');

/** Fails before the first test when lib/ holds compiled files that are older than their sources, or have none. */
module.exports = () => {
  const lib = path.resolve(__dirname, '..', '..', 'lib');
  const stale = fs.readdirSync(lib, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .filter((file) => isStale(path.join(lib, file)));
  if (stale.length > 0) {
    throw new Error(`compiled files are older than their sources, or have none: ${stale.map((file) => `lib/${file}`).join(', ')}\n`
      + '  do: npm run build, and delete those without a source');
  }
};

function isStale(compiled) {
  const source = fs.statSync(compiled.replace(/\.js$/, '.ts'), { throwIfNoEntry: false });
  return source === undefined || source.mtimeMs > fs.statSync(compiled).mtimeMs;
}
