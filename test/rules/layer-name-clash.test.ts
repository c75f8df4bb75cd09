import { appOf, published, told } from './support';
import type { EnvironmentFacts, PublishedLayer } from '../../lib/rules/facts';
import { layerNameClash } from '../../lib/rules/layer-name-clash';

const named = (id: string, environment: EnvironmentFacts, facts: Partial<PublishedLayer> = {}) =>
  published(id, { layerName: 'libs', environment, ...facts });
const check = (...layers: PublishedLayer[]) => told(layerNameClash.checkApp!(appOf({ layers })));

const SAME = 'a layer has the same name as another one of its account and region';
const PERHAPS = 'a layer has the same name as another one that may be in its account and region';

test('other names, other regions and other accounts pass, and names that are not known', () => {
  const here = { stack: 'One', account: '111122223333', region: 'eu-west-1' };
  expect(check(named('A', here), published('B', { layerName: 'other', environment: here }))).toEqual([]);
  expect(check(named('A', here), named('B', { ...here, stack: 'Two', region: 'us-east-1' }))).toEqual([]);
  expect(check(named('A', here), named('B', { ...here, stack: 'Two', account: '444455556666' }))).toEqual([]);
  expect(check(named('A', here), named('B', { stack: 'Two', region: 'us-east-1' }))).toEqual([]);
  expect(check(published('A'), published('B'))).toEqual([]);
});

test('fails within a stack, whatever its environment, and in two stacks of one environment', () => {
  expect(check(named('A', { stack: 'One' }), named('B', { stack: 'One' }))).toEqual([`error Shop/B: ${SAME}`]);
  const here = { account: '111122223333', region: 'eu-west-1' };
  expect(check(named('A', { stack: 'One', ...here }), named('B', { stack: 'Two', ...here }))).toEqual([`error Shop/B: ${SAME}`]);
});

test('warns where an environment is not known, and for layers of which none is ours', () => {
  expect(check(named('A', { stack: 'One' }), named('B', { stack: 'Two' }))).toEqual([`warning Shop/B: ${PERHAPS}`]);
  expect(check(named('A', { stack: 'One', region: 'eu-west-1' }), named('B', { stack: 'Two' }))).toEqual([`warning Shop/B: ${PERHAPS}`]);
  const theirs = { isOurs: false };
  expect(check(named('A', { stack: 'One' }, theirs), named('B', { stack: 'One' }, theirs))).toEqual([`warning Shop/B: ${SAME}`]);
});

test('a clash between two stages is told in the one that is checked, and not in a third', () => {
  expect(check(named('A', { stack: 'One' }), named('B', { stack: 'One' }, { isHere: false }))).toEqual([`error Shop/A: ${SAME}`]);
  expect(check(named('A', { stack: 'One' }, { isHere: false }), named('B', { stack: 'One' }, { isHere: false }))).toEqual([]);
});

test('one finding names all others, and layers with a condition are at most a warning', () => {
  const stages = ['One', 'Two', 'Three', 'Four', 'Five'].map((stack) => named(stack, { stack }, { isHere: stack === 'One' }));
  const findings = layerNameClash.checkApp!(appOf({ layers: stages }));
  expect(told(findings)).toEqual([`warning Shop/One: ${PERHAPS}`]);
  expect(findings[0].fault.got).toBe('libs: also Shop/Two, Shop/Three, Shop/Four and 1 more');
  expect(check(named('A', { stack: 'One' }, { isConditional: true }), named('B', { stack: 'One' }))).toEqual([`warning Shop/B: ${SAME}`]);
});
