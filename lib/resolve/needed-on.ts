import { ConditionReader, markerOf } from './condition';
import { platformFacts } from './platform-facts';
import type { Target } from '../target/target';

/** Leaves out what a target never needs, and of markers what it decides. */
export function neededOn<T extends { readonly marker?: string }>(entries: readonly T[], target: Target): T[] {
  const reader = new ConditionReader(platformFacts(target));
  return entries.flatMap(({ marker: written, ...rest }) => {
    const condition = reader.read(written);
    if (condition === undefined) {
      return [{ ...rest, marker: written } as T];
    }
    const marker = condition.length === 0 ? undefined : markerOf(condition);
    return condition.length === 0 ? [] : [{ ...rest, ...marker === undefined ? {} : { marker } } as T];
  });
}
