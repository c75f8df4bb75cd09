import { DockerWorkbench } from '../../lib/build/docker-workbench';
import { pythonTarget } from '../../lib/target/runtimes';

/** A building process to be killed: opens a workbench, says so, and runs a tool in it for a long time. */
async function main([workFolder, place]: readonly string[]): Promise<void> {
  const target = pythonTarget('python3.11', 'x86_64')!;
  const bench = await DockerWorkbench.open({ workFolder, place, target, reason: 'the test wants it', announce: () => undefined });
  process.stdout.write('open\n');
  await bench.python('3.11', ['-c', 'import time; time.sleep(600)']);
}

void main(process.argv.slice(2));
