import * as fs from 'node:fs';
import * as path from 'node:path';
import { RULE_IDS } from '../../lib/rules/all-rules';

const root = path.resolve(__dirname, '..', '..');
const page = fs.readFileSync(path.join(root, 'docs/extensions.md'), 'utf8');

test('docs/extensions.md names no rule, and leads to no section or file, that does not exist', () => {
  const rules = [...page.matchAll(/\[(\w+)\]\(rules\.md#([\w-]+)\)/g)].map(([, id, anchor]) => ({ id, anchor }));
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.filter(({ id, anchor }) => !RULE_IDS.includes(id) || anchor !== id.toLowerCase())).toEqual([]);

  const headings = [...page.matchAll(/^##+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-'));
  const anchors = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
  expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);

  const files = [...page.matchAll(/\]\((\.\.\/[\w/.-]+)(?:#[\w-]+)?\)/g)].map(([, file]) => path.join(root, 'docs', file));
  expect(files.filter((file) => !fs.existsSync(file))).toEqual([]);
});

test('docs/extensions.md tells the settings that the ready-made extensions take', () => {
  const source = (part: string) => fs.readFileSync(path.join(root, `lib/layers/extensions/${part}-part.ts`), 'utf8');
  const own = (part: string) => {
    const [, options] = /^export interface \w+ExtensionOptions \{([^]*?)^\}/m.exec(source(part))!;
    return [...options.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, prop]) => prop);
  };
  const told = (title: string) => [...page.split(`### ${title}`)[1].split(/^##/m)[0].matchAll(/^\| `(\w+)` \|/gm)].map(([, prop]) => prop);
  for (const part of ['secrets', 'config', 'telemetry', 'security']) {
    expect(own(part)).not.toEqual([]);
    expect(told(`${part[0].toUpperCase()}${part.slice(1)}Extension`)).toEqual(expect.arrayContaining(own(part)));
  }
});

test('package.json ships docs/extensions.md', () => {
  const { files } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('docs/extensions.md');
});
