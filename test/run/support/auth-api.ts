import { createHmac, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { functionsInTemplate } from './functions-in-template';
import { Moto } from './moto';
import type { RunningFunction } from './start-function';
import { Workshop, type Files } from './workshop';
import { AuthApiStack } from '../../../examples/auth-api/auth-api-stack';

/** The example's functions with the layer as CDK would upload it, and a Secrets Manager that has their secret. */
export class AuthApi {
  public static async start(pythonRuntime?: string): Promise<AuthApi> {
    return new AuthApi(await Moto.start(), pythonRuntime);
  }

  private readonly here = new Workshop();
  private readonly outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'auth-api-'));
  private secrets = 0;

  private constructor(public readonly moto: Moto, private readonly pythonRuntime: string | undefined) {}

  /** A new secret of the form that the stack makes, with its ARN. */
  public async secret(): Promise<{ arn: string; value: string }> {
    const value = randomBytes(48).toString('base64url');
    return { arn: await this.moto.createSecret(`jwt-${this.secrets++}`, JSON.stringify({ secret: value })), value };
  }

  public async rotate(arn: string): Promise<string> {
    const value = randomBytes(48).toString('base64url');
    await this.moto.putSecretValue(arn, JSON.stringify({ secret: value }));
    return value;
  }

  /** One of the functions, with the environment that the template gives it, and other code when some is given. */
  public async start(
    id: 'ListOrders' | 'GetOrder', secretArn: string, { endpoint = this.moto.url, files }: { endpoint?: string; files?: Files } = {},
  ): Promise<RunningFunction> {
    const outdir = fs.mkdtempSync(path.join(this.outdir, 'cdk-'));
    const app = new App({ outdir });
    const pythonRuntime = this.pythonRuntime === undefined ? undefined : new Runtime(this.pythonRuntime);
    const stack = new AuthApiStack(app, 'AuthApi', { pythonRuntime });
    const { [id]: fn } = functionsInTemplate(app.synth(), stack.stackName, { JwtSecret: secretArn });
    expect(fn.layers).toHaveLength(1);
    const code = files === undefined ? fn.code : this.here.folder(files);
    return this.here.start({ ...fn, code, env: { ...fn.env, AWS_ENDPOINT_URL: endpoint } });
  }

  public async close(): Promise<void> {
    await this.here.close();
    await this.moto.stop();
    fs.rmSync(this.outdir, { recursive: true, force: true });
  }
}

/** A token of the issuer of the example, with claims that a test changes. */
export function token(secret: string, claims: Readonly<Record<string, unknown>> = {}): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: 'https://issuer.example', aud: 'orders', sub: 'ada', exp, ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Ended a minute ago. */
export const EXPIRED = { exp: Math.floor(Date.now() / 1000) - 60 };

/** An event as an HTTP API sends it, payload version 2.0: the names of headers are in lower case. */
export function request(bearer: string | undefined, order?: string): object {
  const rawPath = order === undefined ? '/orders' : `/orders/${order}`;
  return {
    version: '2.0',
    routeKey: order === undefined ? 'GET /orders' : 'GET /orders/{id}',
    rawPath,
    rawQueryString: '',
    headers: { accept: '*/*', host: 'api.example', ...bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } },
    requestContext: { http: { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' }, stage: '$default' },
    ...order === undefined ? {} : { pathParameters: { id: order } },
    isBase64Encoded: false,
  };
}
