import { collectFaults, failOn, FaultError, renderFault, renderFaults, type Fault } from '../../lib/common/fault';

const MINIMAL: Fault = { what: 'something is wrong' };
const WHOLE: Fault = { rule: 'LayerSize', what: 'the layer is too big', got: 'first\nsecond\n', allowed: '1 byte', fix: 'leave things out' };

test('a fault says what, got, allowed and what to do, and names its rule', () => {
  expect(renderFault(WHOLE)).toBe([
    'the layer is too big [LayerSize]',
    '  got: first',
    '    second',
    '  allowed: 1 byte',
    '  do: leave things out',
  ].join('\n'));
  expect(renderFault(MINIMAL)).toBe('something is wrong');
});

test('the place stands before every fault', () => {
  expect(renderFaults('Stack/Libs', [MINIMAL, WHOLE]))
    .toMatch(/^Stack\/Libs: something is wrong\nStack\/Libs: the layer is too big \[LayerSize\]\n {2}got/);
});

test('an error holds all its faults, as data and in its message', () => {
  const error = new FaultError(MINIMAL, WHOLE);

  expect(error).toBeInstanceOf(Error);
  expect(error.faults).toEqual([MINIMAL, WHOLE]);
  expect(error.message).toBe(`${renderFault(MINIMAL)}\n${renderFault(WHOLE)}`);
});

test('fails with every fault that was collected', () => {
  expect(() => failOn([MINIMAL, WHOLE])).toThrow(new FaultError(MINIMAL, WHOLE));
});

test('does not fail on none', () => {
  expect(() => failOn([])).not.toThrow();
});

test('collects the faults of work that fails, and returns what other work returns', () => {
  const faults: Fault[] = [MINIMAL];

  expect(collectFaults(faults, () => failOn([WHOLE]))).toBeUndefined();
  expect(collectFaults(faults, () => 1)).toBe(1);
  expect(faults).toEqual([MINIMAL, WHOLE]);
});

test('fails at once with what is no fault of the user', () => {
  expect(() => collectFaults([], () => { throw new TypeError('a defect'); })).toThrow(TypeError);
});
