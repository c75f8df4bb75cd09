import type { Rule } from './rule';
import { RESERVED_VARIABLES } from '../target/reserved-variables';

/** Lambda: "the environment variables you have provided contains reserved keys that are currently not supported for modification". */
export const reservedVariable: Rule = {
  id: 'ReservedVariable',
  checkFunction: (fn) => {
    const reserved = [...fn.environment()?.keys() ?? []].filter((name) => RESERVED_VARIABLES.includes(name));
    return reserved.length === 0 ? [] : [{
      severity: 'error',
      place: fn.place,
      fault: {
        what: 'Lambda sets these environment variables itself, and refuses them in a function\'s settings',
        got: reserved.join(', '),
        allowed: 'other names',
        fix: 'take them out of the function\'s `environment`; the code can read what Lambda sets, or a variable with another name',
      },
    }];
  },
};
