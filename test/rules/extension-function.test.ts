import { contentOf, functionOf, layerOf, theirs, told } from './support';
import { extensionFunction } from '../../lib/rules/extension-function';
import type { FunctionFacts, LayerFacts } from '../../lib/rules/facts';

const AUDIT = layerOf('Audit', { content: contentOf({
  programs: [{ path: 'extensions/audit', format: 'elf', isExecutable: true, mentionsRegistration: true }],
}) });
const check = (layers: readonly LayerFacts[], facts: Partial<FunctionFacts>) => extensionFunction.checkFunction!(functionOf(layers, facts));

test('any other function takes extensions, and one at the edge passes without layers', () => {
  expect(check([AUDIT], {})).toEqual([]);
  expect(check([], { isAtEdge: () => true })).toEqual([]);
});

test('fails for any layer at the edge', () => {
  const findings = check([layerOf('Libs'), theirs('arn')], { isAtEdge: () => true });
  expect(told(findings)).toEqual(['error Shop/Orders: a function of Lambda@Edge cannot have layers']);
  expect(findings[0].fault.got).toBe('Shop/Libs\narn');
});

test('warns on managed instances of extensions that are not ready-made', () => {
  const findings = check([AUDIT, layerOf('Libs'), theirs('arn', { extensions: ['collector'] })], { isOnManagedInstances: true });
  expect(told(findings)).toEqual([
    'warning Shop/Orders: the function runs on managed instances, where an extension that registers for INVOKE is refused',
  ]);
  expect(findings[0].fault.got).toBe('Shop/Audit: audit\narn: collector');
  expect(findings[0].about).toHaveLength(2);
});

test('ready-made extensions pass on managed instances', () => {
  expect(check([{ ...AUDIT, readyMade: ['audit'] }, layerOf('Libs')], { isOnManagedInstances: true })).toEqual([]);
});
