import type { LayerFacts } from './facts';

/** Keeps what was found about a layer in one respect: the same few layers are on thousands of functions. */
export class Remembered<T> {
  private readonly known = new WeakMap<LayerFacts, Map<unknown, T>>();

  /** @param respect what else the answer depends on */
  public of(layer: LayerFacts, respect: unknown, find: () => T): T {
    const answers = this.known.get(layer) ?? new Map<unknown, T>();
    this.known.set(layer, answers);
    if (!answers.has(respect)) {
      answers.set(respect, find());
    }
    return answers.get(respect)!;
  }
}
