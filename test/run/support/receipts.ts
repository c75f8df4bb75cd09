import { createHmac, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Duration } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { functionsInTemplate } from './functions-in-template';
import { Moto } from './moto';
import { freePorts, type RunningFunction } from './start-function';
import { Workshop } from './workshop';
import { ReceiptsStack } from '../../../examples/extensions/receipts-stack';

/** How soon functions see a rotation. */
export const REFRESH_SECONDS = 1;

/** The example's functions with all their layers as CDK would upload them, and a Secrets Manager that has their key. */
export class Receipts {
  public static async start(pythonRuntime?: string): Promise<Receipts> {
    return new Receipts(await Moto.start(), pythonRuntime);
  }

  private readonly here = new Workshop();
  private readonly outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'receipts-'));
  private keys = 0;

  private constructor(public readonly moto: Moto, private readonly pythonRuntime: string | undefined) {}

  /** A new key as the stack makes it, with its ARN. */
  public async key(): Promise<{ arn: string; value: string }> {
    const value = randomBytes(32).toString('hex');
    return { arn: await this.moto.createSecret(`key-${this.keys++}`, value), value };
  }

  public async rotate(arn: string): Promise<string> {
    const value = randomBytes(32).toString('hex');
    await this.moto.putSecretValue(arn, value);
    return value;
  }

  /** One of the functions, with the environment and layers that the template gives it. */
  public async start(id: 'SignReceipt' | 'VerifyReceipt', keyArn: string): Promise<RunningFunction> {
    const app = new App({ outdir: fs.mkdtempSync(path.join(this.outdir, 'cdk-')) });
    const stack = new ReceiptsStack(app, 'Receipts', {
      pythonRuntime: this.pythonRuntime === undefined ? undefined : new Runtime(this.pythonRuntime),
      keyRefresh: Duration.seconds(REFRESH_SECONDS),
    });
    const { [id]: fn } = functionsInTemplate(app.synth(), stack.stackName, { ReceiptKey: keyArn });
    expect(fn.layers).toHaveLength(3);
    // All functions of this machine share its loopback, and tests run side by side: the extension's port would be taken.
    const config = { ...JSON.parse(fn.env.SECRETS_EXTENSION_CONFIG), port: (await freePorts())[0] };
    return this.here.start({ ...fn, env: { ...fn.env, SECRETS_EXTENSION_CONFIG: JSON.stringify(config), AWS_ENDPOINT_URL: this.moto.url } });
  }

  public async close(): Promise<void> {
    await this.here.close();
    await this.moto.stop();
    fs.rmSync(this.outdir, { recursive: true, force: true });
  }
}

/** What the example's function makes of a receipt. */
export function signature(key: string, receipt: string): string {
  return createHmac('sha256', key).update(receipt).digest('hex');
}
