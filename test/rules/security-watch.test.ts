import { functionOf, layerOf, theirs, told } from './support';
import type { LayerFacts, WatchFacts } from '../../lib/rules/facts';
import { securityWatch } from '../../lib/rules/security-watch';

const libs = layerOf('Libs');
const others = layerOf('Others');
const foreign = theirs('arn:aws:lambda:eu-central-1:111122223333:layer:x:1');

const security = (watches: Partial<WatchFacts> = {}): LayerFacts => layerOf('Security', {
  watches: { layers: new Map([[libs.version, libs.name]]), hasPatterns: false, stops: false, ...watches },
});

const check = (layers: readonly LayerFacts[], facts = {}) => securityWatch.checkFunction!(functionOf(layers, facts));

test('a function with the layers that are watched passes', () => {
  expect(check([libs, security()])).toEqual([]);
  expect(check([libs, foreign, security({ hasPatterns: true })])).toEqual([]);
  expect(check([libs, others, foreign])).toEqual([]);
  expect(check([others, security()], { mayHaveMoreLayers: true })).toEqual([]);
});

test.each<[string, readonly LayerFacts[], string]>([
  ['another layer', [libs, others, security()], 'Shop/Others: a layer of the function, but not named there'],
  ['another layer, whatever patterns there are', [libs, others, security({ hasPatterns: true })], 'Shop/Others: a layer of the function'],
  ['a layer of others without patterns', [libs, foreign, security()], `${foreign.name}: a layer of the function`],
  ['not the layer', [security()], 'Shop/Libs: named there, but not a layer of the function'],
])('a function with %s is told', (_what, layers, got) => {
  const findings = check(layers);
  expect(told(findings)).toEqual([expect.stringMatching(/^warning Shop\/Orders: the security extension knows other layers/)]);
  expect(findings[0].fault.got).toContain(got);
});

test('where the extension stops the start it is an error', () => {
  expect(told(check([security({ stops: true })]))).toEqual([expect.stringMatching(/^error Shop\/Orders: .*would stop its start$/)]);
});
