import * as path from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import { unpackLayers } from './support/layers';
import { alias, compileListener, hasGo, linesOf, LISTENER, PROGRAM_HERE } from './support/listeners';
import { ECHO, TestApp } from './support/test-app';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import { ExtensionCode, ExtensionLayer } from '../../lib';

const runtimes = pythonRuntimes();
const describeWithEmulator = runtimes.length === 0 || !hasGo() ? describe.skip : describe;

const STARTS = Number(process.env.EXTENSION_STARTS ?? 300);
/** The same functions each time; `EXTENSION_SEED=random` looks for others, and that of a failure meets it again. */
const SEED = process.env.EXTENSION_SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(process.env.EXTENSION_SEED ?? 6);

const LAYERS = 12;
const SIDE_BY_SIDE = 2;

interface ExtensionModel {
  readonly name: string;
  readonly kind: 'script' | 'go module' | 'program' | 'link' | 'launcher';
  readonly isQuiet: boolean;
  readonly hasFiles: boolean;
}

type DraftModel = Omit<ExtensionModel, 'name'>;

interface LayerModel {
  readonly extensions: readonly ExtensionModel[];
  readonly hasWrapper: boolean;
}

interface FunctionModel {
  readonly runtime: string;
  readonly layers: readonly LayerModel[];
}

const traits = { isQuiet: fc.boolean(), hasFiles: fc.boolean() };
/** What the first of a layer can be: links and launchers lead to it. Few are compiled, since each is 6 MB to be packed. */
const first = fc.record({ kind: fc.constantFrom<DraftModel['kind']>('script', 'script', 'go module', 'program'), ...traits });
const other = fc.record({ kind: fc.constantFrom<DraftModel['kind']>('script', 'link', 'launcher'), ...traits });

const layers = fc.array(fc.record({
  drafts: fc.oneof(
    fc.constant([]),
    { weight: 5, arbitrary: fc.tuple(first, fc.array(other, { maxLength: 3 })).map(([one, more]): DraftModel[] => [one, ...more]) },
  ) as fc.Arbitrary<DraftModel[]>,
  hasWrapper: fc.boolean(),
}), { minLength: LAYERS, maxLength: LAYERS }).map((models) => models.map(({ drafts, hasWrapper }, layer): LayerModel => ({
  // A layer holds something.
  hasWrapper: hasWrapper || drafts.length === 0,
  extensions: drafts.map((draft, place) => ({ ...draft, name: `${draft.isQuiet ? 'quiet' : 'agent'}-${layer}-${place}` })),
})));

/** A function with as many of these layers as Lambda lets it have: five, with ten extensions and one wrapper. */
const functionWith = (pool: readonly LayerModel[]): fc.Arbitrary<FunctionModel> => fc.record({
  runtime: fc.constantFrom(...runtimes),
  layers: fc.shuffledSubarray([...pool], { maxLength: 5 }).map((wanted) => wanted.reduce<LayerModel[]>((taken, layer) => {
    const all = [...taken, layer];
    const isAllowed = all.flatMap((one) => one.extensions).length <= 10 && all.filter((one) => one.hasWrapper).length <= 1;
    return isAllowed ? all : taken;
  }, [])),
});

let here: Workshop;
const unpacked = new Map<string, Promise<string>>();

beforeAll(() => {
  here = new Workshop();
});

afterAll(async () => here.close());

/** Folders with what is in archives, since several functions have one layer. */
async function unpackedOnce(archives: readonly string[]): Promise<string[]> {
  return Promise.all(archives.map(async (archive) => {
    const folder = unpacked.get(archive) ?? (async () => {
      const fresh = path.join(here.folder({}), 'opt');
      await unpackLayers([archive], fresh);
      return fresh;
    })();
    unpacked.set(archive, folder);
    return folder;
  }));
}

function newLayer(stack: Stack, id: string, { extensions: models, hasWrapper }: LayerModel, program: string, greeting: string): ExtensionLayer {
  const codeOf = ({ name, kind, hasFiles }: ExtensionModel): ExtensionCode => {
    const options = { name, supportFiles: hasFiles ? greeting : undefined };
    switch (kind) {
      case 'script': return ExtensionCode.script(LISTENER.python, options);
      case 'go module': return ExtensionCode.goModule(LISTENER.go, options);
      case 'program': return ExtensionCode.binary({ ...options, [PROGRAM_HERE]: program });
      case 'link': case 'launcher': return alias(name, models[0].name, kind);
    }
  };
  return new ExtensionLayer(stack, id, {
    extensions: models.map(codeOf),
    execWrapper: hasWrapper ? path.join(here.folder({ wrap: '#!/bin/sh\necho wrapped\nexec "$@"\n' }), 'wrap') : undefined,
    environment: { LISTENER: 'high' },
  });
}

/** What an extension writes from its start to its end, when its function is invoked once. */
function expectedLines({ kind, isQuiet, hasFiles }: ExtensionModel): string[] {
  return [
    ...hasFiles && !['link', 'launcher'].includes(kind) ? ['reads hello'] : [],
    'finds LISTENER high', 'registered', ...isQuiet ? [] : ['got INVOKE'], 'got SHUTDOWN SandboxTerminated',
  ];
}

describeWithEmulator('functions with any combination of extensions', () => {
  test(`start and answer, all ${STARTS} of them`, async () => {
    const [pool] = fc.sample(layers, { numRuns: 1, seed: SEED });
    const models = fc.sample(functionWith(pool), { numRuns: STARTS, seed: SEED });
    const counts = models.map((model) => model.layers.flatMap((layer) => layer.extensions).length);
    process.stdout.write(`EXTENSION_SEED=${SEED}: ${STARTS} functions with ${Math.min(...counts)} to ${Math.max(...counts)} extensions, `
      + `${counts.reduce((sum, count) => sum + count, 0)} in all\n`);

    const app = new TestApp(here);
    const program = compileListener(path.join(here.folder({}), 'listener'));
    const greeting = here.folder({ 'greeting.txt': 'hello\n' });
    const made = new Map(pool.map((model, place) => [model, newLayer(app.stack, `Layer${place}`, model, program, greeting)]));
    const role = new Role(app.stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const code = here.folder(ECHO);
    models.forEach(({ runtime, layers: wanted }, place) => {
      const fn = app.newFunction(runtime, `F${place}`, code, role);
      wanted.forEach((layer) => made.get(layer)!.attachTo(fn));
    });

    const waiting = [...models.entries()];
    const failures: unknown[] = [];
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [place, model] = next;
        const fn = await app.start(`F${place}`, { layers: await unpackedOnce(app.inTemplate(`F${place}`).layers) });
        const { outcome, answer, emulatorLog } = await fn.invoke(place);
        await fn.stop();
        const all = model.layers.flatMap((layer) => layer.extensions);
        const got = { outcome, answer, lines: all.map(({ name }) => linesOf(name, fn.logs)), isWrapped: /^wrapped$/m.test(fn.logs) };
        const wanted = { outcome: 'answer', answer: place, lines: all.map(expectedLines), isWrapped: model.layers.some((layer) => layer.hasWrapper) };
        if (JSON.stringify(got) !== JSON.stringify(wanted)) {
          const lines = all.map(({ name }, one) => ({ name, got: got.lines[one], wanted: wanted.lines[one] }))
            .filter((one) => JSON.stringify(one.got) !== JSON.stringify(one.wanted));
          failures.push({ place, runtime: model.runtime, outcome, answer, isWrapped: got.isWrapped, lines, logs: fn.logs, emulatorLog });
        }
      }
    }));
    expect(failures).toEqual([]);
  }, 590_000);
});
