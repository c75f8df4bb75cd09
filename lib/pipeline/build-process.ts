import * as fs from 'node:fs';
import type { BuildAnswer, BuildRequest } from './bridge';
import { performBuild, performLock, performUnpack, rememberInterpreters } from './perform';
import { FaultError } from '../common/fault';
import { systemFault } from '../common/system-fault';

const STDIN = 0;
const STDOUT = 1;

/** The child of the bridge: one request on stdin, one answer on stdout. */
async function main(): Promise<void> {
  const request = JSON.parse(fs.readFileSync(STDIN, 'utf8')) as BuildRequest;
  const answer = await perform(request).catch((error: unknown): BuildAnswer => {
    if (error instanceof FaultError) {
      return { faults: error.faults };
    }
    const fault = systemFault(error);
    return fault === undefined ? { crash: error instanceof Error ? error.stack ?? error.message : String(error) } : { faults: [fault] };
  });
  fs.writeSync(STDOUT, JSON.stringify(answer));
}

async function perform(request: BuildRequest): Promise<BuildAnswer> {
  switch (request.action) {
    case 'lock':
      await performLock(request.job);
      return {};
    case 'interpreters':
      await rememberInterpreters(request.job);
      return {};
    case 'unpack':
      await performUnpack(request.archive, request.folder);
      return {};
    case 'build':
      return { layer: await performBuild(request.job) };
  }
}

void main();
