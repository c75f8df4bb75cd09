import { startFunction } from './start-function';

/** A process to be killed: starts a function, invokes it, says so, and stays. */
async function main([runtime, code]: readonly string[]): Promise<void> {
  const fn = await startFunction({ runtime, code, handler: 'index.handler' });
  await fn.invoke({});
  process.stdout.write('running\n');
  setInterval(() => undefined, 60_000);
}

void main(process.argv.slice(2));
