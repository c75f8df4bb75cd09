import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { functionsInTemplate, type FunctionInTemplate } from './support/functions-in-template';
import type { RunningFunction } from './support/start-function';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import { UrlShortenerStack } from '../../examples/url-shortener/url-shortener-stack';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined ? describe.skip : describe;

const SVG = /^<\?xml [^>]+>\s*<svg [^>]+><path [^>]*d="M[^"]{500,}"/;

/** The functions of the example, with the archives and folders that CDK would upload for them. */
function synthesise(outdir: string): Record<string, FunctionInTemplate> {
  const app = new App({ outdir });
  const stack = new UrlShortenerStack(app, 'UrlShortener', { runtime: new Runtime(runtime) });
  return functionsInTemplate(app.synth(), stack.stackName);
}

describeWithEmulator('the URL shortener with its layer, as CDK would upload them', () => {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'url-shortener-'));
  const asked: string[] = [];
  const provider = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://provider');
    asked.push(`${request.method} ${pathname} ${searchParams.get('url')}`);
    const broken = searchParams.get('url')!.includes('broken');
    response.writeHead(broken ? 500 : 200, { 'Content-Type': 'text/plain' }).end(broken ? 'no' : 'https://short.example/abc\n');
  });
  let here: Workshop;
  let functions: Record<string, FunctionInTemplate>;

  beforeAll(async () => {
    here = new Workshop();
    functions = synthesise(outdir);
    await once(provider.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(async () => {
    await here.close();
    provider.close();
    fs.rmSync(outdir, { recursive: true, force: true });
  });

  async function start(name: string, apiUrl?: string): Promise<RunningFunction> {
    const env: Record<string, string> = apiUrl === undefined ? {} : { SHORTENER_API_URL: apiUrl };
    return here.start({ ...functions[name], env });
  }

  test('shortens through the provider, and draws the code of the short URL', async () => {
    const fn = await start('Shorten', `http://127.0.0.1:${(provider.address() as AddressInfo).port}/api-create`);
    const { outcome, answer } = await fn.invoke({ queryStringParameters: { url: 'https://example.com/a?b=c&d=ü' } });
    expect({ outcome, status: answer?.statusCode }).toEqual({ outcome: 'answer', status: 200 });
    const body = JSON.parse(answer.body);
    expect(body.shortUrl).toBe('https://short.example/abc');
    expect(body.qrCode).toMatch(SVG);
    expect(asked).toEqual(['GET /api-create https://example.com/a?b=c&d=ü']);
    expect((await fn.invoke({ queryStringParameters: { url: 'https://broken.example' } })).answer)
      .toMatchObject({ statusCode: 502, body: '{"error": "the shortening service failed: ShorteningErrorException"}' });
  });

  test('fails politely without a URL, and when nobody answers', async () => {
    const unused = http.createServer();
    await once(unused.listen(0, '127.0.0.1'), 'listening');
    const { port } = unused.address() as AddressInfo;
    await once(unused.close(), 'close');
    const fn = await start('Shorten', `http://127.0.0.1:${port}/`);
    expect((await fn.invoke({})).answer).toMatchObject({ statusCode: 400 });
    expect((await fn.invoke({ queryStringParameters: { url: 'https://example.com' } })).answer)
      .toMatchObject({ statusCode: 502, body: '{"error": "the shortening service failed: ConnectionError"}' });
  });

  test('draws the code of a text', async () => {
    const { answer } = await (await start('QrCode')).invoke({ queryStringParameters: { text: 'hello' } });
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'Content-Type': 'image/svg+xml' } });
    expect(answer.body).toMatch(SVG);
  });
});
