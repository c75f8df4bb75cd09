import { LayerNaming } from '../../lib/layers/naming';

test('the default name carries the stack, the purpose and the runtime', () => {
  expect(LayerNaming.scoped()._nameFor('Shop-prod', 'url-shortener', ['python3.13'])).toBe('Shop-prod-url-shortener-python313-layer');
});

test('a name by purpose is the same in every stack', () => {
  expect(LayerNaming.byPurpose()._nameFor('Shop-prod', 'url-shortener', ['python3.13'])).toBe('url-shortener-python313-layer');
});

test('every runtime is in the name, and a layer for any has none', () => {
  const runtimes = ['python3.12', 'nodejs22.x', 'provided.al2023'];
  expect(LayerNaming.byPurpose()._nameFor('Shop', 'libs', runtimes)).toBe('libs-python312-nodejs22x-providedal2023-layer');
  expect(LayerNaming.scoped()._nameFor('Shop', 'certs', [])).toBe('Shop-certs-layer');
});

test('for migrations there is no name', () => {
  expect(LayerNaming.none()._nameFor('Shop', 'libs', ['python3.13'])).toBeUndefined();
});

test('a layer for arm64 alone says so, since its twin for x86_64 has the same purpose', () => {
  expect(LayerNaming.byPurpose()._nameFor('Shop', 'libs', ['python3.13'], true)).toBe('libs-python313-arm64-layer');
});
