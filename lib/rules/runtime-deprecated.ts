import type { Rule } from './rule';
import { endOf } from '../target/lambda-runtimes';

/** As early as AWS itself tells. */
const DAYS_AHEAD = 180;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A layer declares a runtime that Lambda no longer patches, or soon will not. */
export const runtimeDeprecated: Rule = {
  id: 'RuntimeDeprecated',
  checkLayer: (layer, { today }) => !layer.isOurs || layer.isForAnyRuntime ? [] : (layer.runtimes ?? []).flatMap((runtime) => {
    const end = endOf(runtime);
    const past = end !== undefined && Date.parse(end.deprecated) <= today.getTime();
    return end === undefined || Date.parse(end.deprecated) - DAYS_AHEAD * DAY_MS > today.getTime() ? [] : [{
      severity: 'warning',
      place: layer.place,
      fault: {
        what: past ? 'a runtime that the layer declares is past its end' : 'a runtime that the layer declares ends soon',
        got: `${runtime}: deprecated on ${end.deprecated}, no new functions from ${end.createBlocked}`,
        allowed: 'a runtime that Lambda still updates',
        fix: 'move the functions to a newer runtime, then take this one out of `compatibleRuntimes`',
      },
    }];
  }),
};
