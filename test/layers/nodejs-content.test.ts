import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { ContentSpec } from '../../lib/content/content-spec';
import { checkPlan } from '../../lib/pipeline/targets';
import { planWith } from '../slim/support';
import { Sandbox, type AppBody } from '../support/sandbox';

const SPECS = {
  nodejs: { kind: 'nodejs', directory: '/libs', exclude: [] },
  python: { kind: 'python', directory: '/libs', include: 'dependencies', sourceBuilds: [], groups: [], extras: [] },
  files: { kind: 'files', path: '/files', destination: '', exclude: [] },
} satisfies Record<string, ContentSpec>;

function faultsOf(contents: (keyof typeof SPECS)[], runtimes: string[]): string[] {
  return checkPlan({ contents: contents.map((kind) => SPECS[kind]), runtimes, architectures: [], slim: planWith([]) }).map((fault) => fault.what);
}

const NODE = 'Node.js content needs Node.js runtimes';
const PYTHON = 'Python content needs Python runtimes';

test.each<[(keyof typeof SPECS)[], string[], string[]]>([
  [['nodejs'], ['nodejs22.x', 'nodejs20.x'], []],
  [['nodejs'], [], [NODE]],
  [['nodejs'], ['python3.13'], [NODE]],
  [['nodejs'], ['nodejs22.x', 'python3.13'], [NODE]],
  [['nodejs'], ['nodejs22.x', 'provided.al2023'], [NODE]],
  [['nodejs', 'python'], ['nodejs22.x', 'python3.13'], []],
  [['nodejs', 'python'], ['nodejs22.x'], [PYTHON]],
  [['nodejs', 'python'], ['python3.13'], [NODE]],
  [['nodejs', 'python'], [], [PYTHON, NODE]],
  [['nodejs', 'files'], ['nodejs22.x', 'provided.al2023'], []],
  [['python'], ['nodejs22.x', 'python3.13'], [PYTHON]],
])('content %j for the runtimes %j', (contents, runtimes, faults) => {
  expect(faultsOf(contents, runtimes)).toEqual(faults);
});

test('all that is wrong with two contents is told at once', async () => {
  const sandbox = await Sandbox.create();
  try {
    sandbox.write('one/package.json', '{}');
    sandbox.write('two/package.json', '{}');
    sandbox.write('two/package-lock.json', '{"lockfileVersion":1}');
    const body: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.nodejs('one'), LayerContent.nodejs('two'), LayerContent.nodejs('three')], compatibleRuntimes: [Runtime.NODEJS_22_X],
    });
    const faults = await sandbox.fail(body);
    expect(faults.map((fault) => `${fault.place}: ${fault.what.replace(sandbox.path('app'), '')}`)).toEqual([
      'App/Libs: there is no package-lock.json in /one',
      'App/Libs: /two/package-lock.json has a form that is not read',
      'App/Libs: cannot read /three',
    ]);
  } finally {
    sandbox.remove();
  }
});

test('the library loads nothing of Node.js content until there is some', () => {
  const library = path.resolve(__dirname, '../../lib');
  const loaded = execFileSync(process.execPath, ['-p', `require(${JSON.stringify(library)}); Object.keys(require.cache).join('\\n')`], {
    encoding: 'utf8', cwd: path.dirname(library), maxBuffer: 64 * 1024 * 1024,
  }).split('\n').filter((file) => file.startsWith(library));
  expect(loaded).toContain(path.join(library, 'pipeline/read-plan.js'));
  expect(loaded.filter((file) => /npm|node-?js/.test(path.basename(file)))).toEqual([]);
});
