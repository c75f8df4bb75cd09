// Reads `[{ file, text }]` from stdin, lints each text as if it stood in that file, and prints what the import rules say and the list of rooms.
// A process of its own, since ESLint loads its configuration as a module, which Jest's sandbox does not.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ESLint } from 'eslint';
import { configs } from 'typescript-eslint';
import { rooms } from '../../eslint.config.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
const eslint = new ESLint({
  cwd: root,
  // The texts stand in files that do not exist, so there are no types to ask for.
  overrideConfig: configs.disableTypeChecked,
  ruleFilter: ({ ruleId }) => ['import/no-restricted-paths', 'no-restricted-imports'].includes(ruleId),
});

const messages = [];
for (const { file, text } of JSON.parse(fs.readFileSync(0, 'utf8'))) {
  const [result] = await eslint.lintText(text, { filePath: path.join(root, file) });
  messages.push(result.messages.map(({ message }) => message));
}
process.stdout.write(JSON.stringify({ rooms, messages }));
