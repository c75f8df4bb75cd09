import type { Rule } from './rule';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BYTES = 4096;

const VARIABLES_NAMED = 3;

/** Lambda: "the environment variables you have provided exceeded the 4KB limit. String measured: {…}". */
export const environmentSize: Rule = {
  id: 'EnvironmentSize',
  checkFunction: (fn) => {
    const literals = fn.literals();
    // What is only known at deployment counts with its name.
    const variables = [...fn.environment()?.keys() ?? []].map((name) => [name, literals.get(name) ?? '']);
    const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(variables)));
    const bare = Buffer.byteLength(variables.flat().join(''));
    const largest = [...literals].sort(([, a], [, b]) => b.length - a.length).slice(0, VARIABLES_NAMED);
    return bytes <= MAX_BYTES ? [] : [{
      // That quotes and commas count is what the message shows, and nothing that is documented.
      severity: bare > MAX_BYTES ? 'error' : 'warning',
      place: fn.place,
      fault: {
        what: 'the environment of the function is too large',
        got: [
          `${variables.length === literals.size ? '' : 'at least '}${bytes} bytes as JSON, the largest:`,
          ...largest.map(([name, value]) => `${name}: ${Buffer.byteLength(value)} bytes`),
        ].join('\n'),
        allowed: `at most ${MAX_BYTES} bytes, names and values of all variables together`,
        fix: 'put large values into a layer, Parameter Store or AppConfig, and secrets into Secrets Manager',
      },
    }];
  },
};
