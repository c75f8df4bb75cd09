#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { build } from './build';
import { cache } from './cache';
import { inspect } from './inspect';
import { lock } from './lock';
import { USAGE, UsageError } from './usage';
import { FaultError, renderFault } from '../common/fault';
import { systemFault } from '../common/system-fault';

const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

async function main(argv: readonly string[]): Promise<void> {
  const separator = argv.indexOf('--');
  const own = separator < 0 ? argv : argv.slice(0, separator);
  const app = separator < 0 ? [] : argv.slice(separator + 1);
  const { values, positionals } = parse(own);
  const [command, ...rest] = positionals;
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const json = values.json === true;
  switch (command) {
    case 'lock': return lock(noMore(rest, app), json);
    case 'build': return build(noMore(rest, app), json);
    case 'inspect': return inspect(rest, json);
    case 'cache': return cache(rest, json);
    default: throw new UsageError(command === undefined ? 'no command' : `unknown command: ${command}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function noMore(rest: readonly string[], app: readonly string[]): readonly string[] {
  if (rest.length > 0) {
    throw new UsageError(`unexpected: ${rest.join(' ')} (the app command comes after --)`);
  }
  return app;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const fault = systemFault(error);
  const message = error instanceof FaultError || fault === undefined ? (error as Error).message : renderFault(fault);
  process.stderr.write(`${message}\n`);
  process.exitCode = EXIT_FAULT;
});
