import { appOf, published, told } from './support';
import { runtimeDeprecated } from '../../lib/rules/runtime-deprecated';
import { endOf } from '../../lib/target/lambda-runtimes';

const check = (today: string, runtimes: readonly string[] | undefined, isOurs = true) =>
  told(runtimeDeprecated.checkLayer!(published('A', { runtimes, isOurs }), appOf({ today: new Date(today) })));

test('until 180 days before its end nothing is said', () => {
  expect(endOf('python3.12')).toEqual({ deprecated: '2028-10-31', createBlocked: '2028-11-30' });
  expect(check('2028-05-03', ['python3.12'])).toEqual([]);
  expect(check('2028-05-04', ['python3.12'])).toEqual(['warning Shop/A: a runtime that the layer declares ends soon']);
  expect(check('2028-10-30', ['python3.12'])).toEqual(['warning Shop/A: a runtime that the layer declares ends soon']);
});

test('from its last day it is past it, each runtime by itself', () => {
  expect(check('2028-10-31', ['python3.12', 'python3.9', 'python3.13'])).toEqual(
    Array(2).fill('warning Shop/A: a runtime that the layer declares is past its end'),
  );
});

test('a layer whose runtimes nobody chose passes', () => {
  const layer = published('A', { runtimes: ['python3.12'], isForAnyRuntime: true });
  expect(runtimeDeprecated.checkLayer!(layer, appOf({ today: new Date('2030-01-01') }))).toEqual([]);
});

test('runtimes without a date, layers without runtimes and other people\'s layers pass', () => {
  expect(check('2030-01-01', ['python3.15', 'nodejs99.x'])).toEqual([]);
  expect(check('2030-01-01', undefined)).toEqual([]);
  expect(check('2030-01-01', ['python3.12'], false)).toEqual([]);
});
