import { appOf, contentOf, functionOf, layerOf, published } from './support';
import { ALL_RULES, RULE_IDS } from '../../lib/rules/all-rules';
import { evaluate, type Policy } from '../../lib/rules/evaluate';

const RULE = 'PartialSdk';
const silent: Policy = { severityOf: () => undefined, isAcknowledged: () => false };
const layer = layerOf('A', { content: contentOf({ packages: [{ name: 'botocore' }] }) });
const app = (functions: number) => appOf({ functions: Array.from({ length: functions }, (_, n) => functionOf([layer], { place: `Shop/F${n}` })) });

test('rule ids are unique', () => {
  expect(new Set(RULE_IDS).size).toBe(ALL_RULES.length);
});

test('one verdict stands for all functions that show the same', () => {
  const [verdict, ...others] = evaluate(app(5), [], silent);
  expect(others).toEqual([]);
  expect(verdict).toMatchObject({ rule: RULE, severity: 'warning', place: 'Shop/A', fault: { rule: RULE } });
  expect(verdict.fault.got).toMatch(/\nin Shop\/F0, Shop\/F1, Shop\/F2 and 2 more$/);
  expect(evaluate(app(1), [], silent)[0].fault.got).toMatch(/\nin Shop\/F0$/);
});

test('a severity that was set counts for all findings, and `off` for none', () => {
  const policy = (severity: 'error' | 'off'): Policy => ({ ...silent, severityOf: (rule) => rule === RULE ? severity : undefined });
  expect(evaluate(app(1), [], policy('error')).map(({ severity }) => severity)).toEqual(['error']);
  expect(evaluate(app(1), [], policy('off'))).toEqual([]);
});

test.each(['Shop/A', 'Shop/F0'])('an acknowledgement on %s counts', (place) => {
  expect(evaluate(app(1), [], { ...silent, isAcknowledged: (rule, places) => rule === RULE && places.includes(place) })).toEqual([]);
});

test('what one function acknowledges is told of the others', () => {
  const verdicts = evaluate(app(3), [], { ...silent, isAcknowledged: (_, places) => places.includes('Shop/F1') });
  expect(verdicts[0].fault.got).toMatch(/\nin Shop\/F0, Shop\/F2$/);
});

test('layers of another stage are not checked again', () => {
  const broken = { isStub: true, fields: { name: 'a b', runtimes: [], architectures: [] } };
  const check = (isHere: boolean) => evaluate(appOf({ layers: [published('A', { ...broken, isHere })], isForDeployment: true }), [], silent);
  expect(check(true).map(({ rule }) => rule)).toEqual(['LayerFields', 'StubBuild']);
  expect(check(false)).toEqual([]);
});

test('what was noticed before is told with the rest, whatever was decided about rules', () => {
  const noticed = { severity: 'error' as const, place: 'Shop/F', fault: { what: 'w', got: 'g' } };
  expect(evaluate(appOf(), [noticed], { severityOf: () => 'off', isAcknowledged: () => true })).toEqual([
    { rule: 'LayerReference', severity: 'error', place: 'Shop/F', fault: { what: 'w', got: 'g', rule: 'LayerReference' } },
  ]);
});
