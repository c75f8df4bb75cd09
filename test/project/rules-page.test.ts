import * as fs from 'node:fs';
import * as path from 'node:path';
import { RULE_IDS } from '../../lib/rules/all-rules';

const MIN_LINES = 4;

const root = path.resolve(__dirname, '..', '..');
const page = fs.readFileSync(path.join(root, 'docs/rules.md'), 'utf8');

/** The sections below the opening: the title, and the lines that are not empty and no code. */
const sections = page.split(/^## /m).slice(1).map((section) => {
  const [title, ...lines] = section.replace(/^```[^]*?^```$/gm, '').split('\n');
  return { title, lines: lines.filter((line) => line.trim() !== '') };
});

/** The first cells of the table's rows, with the anchor that each leads to. */
const rows = [...page.matchAll(/^\| \[(?<id>\w+)\]\(#(?<anchor>[\w-]+)\) \|(?<rest>.*)$/gm)].map(({ groups }) => groups!);

test('docs/rules.md has one section for each rule and none for another, in the order in which findings are told', () => {
  expect(sections.map(({ title }) => title)).toEqual(RULE_IDS);
});

test('the section of each rule in docs/rules.md has a few lines of text', () => {
  expect(sections.filter(({ lines }) => lines.length < MIN_LINES).map(({ title }) => title)).toEqual([]);
});

test.each(['Checked', 'Without it', 'Severity', 'Limits'])('the section of each rule in docs/rules.md has a point "%s"', (point) => {
  expect(sections.filter(({ lines }) => !lines.some((line) => line.startsWith(`- **${point}:** `))).map(({ title }) => title)).toEqual([]);
});

test('the table of docs/rules.md lists each rule once', () => {
  expect(rows.map(({ id }) => id)).toEqual(RULE_IDS);
});

test('the table of docs/rules.md leads to the section of each rule and says what it is and how severe', () => {
  expect(rows.map(({ anchor }) => anchor)).toEqual(RULE_IDS.map((id) => id.toLowerCase()));
  expect(rows.filter(({ rest }) => !/^ [^|]+ \| [^|]*\b(?:error|warning)\b[^|]* \|$/.test(rest)).map(({ id }) => id)).toEqual([]);
});

test('docs/rules.md names no rule and no section that does not exist', () => {
  const anchors = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
  const acknowledged = [...page.matchAll(/acknowledge\('(\w+)'/g)].map(([, id]) => id);
  expect(anchors.filter((anchor) => !RULE_IDS.some((id) => id.toLowerCase() === anchor))).toEqual([]);
  expect(acknowledged.filter((id) => !RULE_IDS.includes(id))).toEqual([]);
});

test('package.json ships docs/rules.md, which the docs of LayerRules lead to', () => {
  const { files } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('docs/rules.md');
});
