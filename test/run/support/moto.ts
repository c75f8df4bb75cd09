import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What scripts/fetch-moto.sh fetches. */
const MOTO = path.resolve(__dirname, '../../../.run-tools/moto');

const REGION = 'us-east-1';

export function hasMoto(): boolean {
  return fs.existsSync(path.join(MOTO, 'moto'));
}

/** A moto server of our own on loopback, which answers as AWS does. */
export class Moto {
  /** @throws when it does not listen within half a minute */
  public static async start(): Promise<Moto> {
    // It ends with our process, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'python3', '-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
      env: { PATH: process.env.PATH, PYTHONPATH: MOTO, PYTHONDONTWRITEBYTECODE: '1' }, stdio: ['ignore', 'ignore', 'pipe'],
    });
    const moto = new Moto(child, await listening(child));
    // Nothing here invokes functions through it; if something did, it would look for Docker.
    const settings = { lambda: { use_docker: false }, batch: { use_docker: false } };
    const { status } = await fetch(`${moto.url}/moto-api/config`, { method: 'POST', body: JSON.stringify(settings) });
    if (status !== 201) {
      await moto.stop();
      throw new Error(`moto refused its settings: ${status}`);
    }
    return moto;
  }

  private constructor(private readonly child: ChildProcess, public readonly url: string) {}

  /** @returns the secret's ARN */
  public async createSecret(name: string, value: string): Promise<string> {
    return (await this.secretsManager('CreateSecret', { Name: name, SecretString: value })).ARN;
  }

  /** What a rotation does: a new version that is the current one from now on. */
  public async putSecretValue(arn: string, value: string): Promise<void> {
    await this.secretsManager('PutSecretValue', { SecretId: arn, SecretString: value });
  }

  public async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private async secretsManager(action: string, input: object): Promise<any> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `secretsmanager.${action}`,
        // It looks for the service and the region there, and checks no signature.
        'Authorization': `AWS4-HMAC-SHA256 Credential=none/20260112/${REGION}/secretsmanager/aws4_request, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify({ ClientRequestToken: crypto.randomUUID(), ...input }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) {
      throw new Error(`${action}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }
}

/** Waits until the server says where it listens. */
async function listening(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      child.kill('SIGKILL');
      reject(new Error(`moto did not start: ${said}`));
    };
    const late = setTimeout(fail, 30_000);
    child.on('error', reject).on('exit', fail);
    child.stderr!.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      const [, url] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (url !== undefined) {
        clearTimeout(late);
        child.off('exit', fail);
        resolve(url);
      }
    });
  });
}
