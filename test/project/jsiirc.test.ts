import * as fs from 'node:fs';
import * as path from 'node:path';

const root = path.resolve(__dirname, '..', '..');

function readJson(file: string) {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
}

test('package.json gives jsii the language targets of .jsiirc.json', () => {
  expect(readJson('package.json').jsii.targets).toEqual(readJson('.jsiirc.json').targets);
});

test('.jsiirc.json names the library in all four languages', () => {
  expect(Object.keys(readJson('.jsiirc.json').targets).sort()).toEqual(['dotnet', 'go', 'java', 'python']);
});
