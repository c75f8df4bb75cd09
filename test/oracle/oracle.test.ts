import * as fc from 'fast-check';
import { compare } from './compare';
import { apps } from './generate';
import { POSSIBLE_VERDICTS } from './oracle';

const RUNS = Number(process.env.ORACLE_RUNS ?? 500);
/** The same apps each time, so that what fails is the change; `ORACLE_SEED=random` looks for more, and that of a failure meets it again. */
const SEED = process.env.ORACLE_SEED === 'random' ? undefined : Number(process.env.ORACLE_SEED ?? 4);

const broken = new Map(POSSIBLE_VERDICTS.map((verdict) => [verdict, 0]));
let looked = 0;

test(`the rules say of ${RUNS} generated apps what AWS would say`, () => {
  fc.assert(fc.property(apps, (model) => {
    const { missing, wrong, broken: verdicts } = compare(model);
    looked += 1;
    new Set(verdicts.map(({ rule, severity }) => `${rule} ${severity}`)).forEach((verdict) => broken.set(verdict, (broken.get(verdict) ?? 0) + 1));
    expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
  }), { numRuns: RUNS, seed: SEED });
}, 590_000);

test('every rule was broken in some of these apps and kept in others', () => {
  process.stdout.write(`of ${looked} apps the oracle expected ${[...broken].map(([verdict, times]) => `${verdict}: ${times}`).join(', ')}\n`);
  const oneSided = [...broken].filter(([, times]) => times === 0 || times === looked).map(([verdict]) => verdict);
  expect({ oneSided, verdicts: [...broken.keys()] }).toEqual({ oneSided: [], verdicts: POSSIBLE_VERDICTS });
});
