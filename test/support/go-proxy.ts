import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeZip } from '../../lib/archive/write-zip';

/** A module of the proxy. */
export interface GoModule {
  readonly name: string;
  readonly version: string;
  /** Contents by path; go.mod is made. */
  readonly files: Readonly<Record<string, string>>;
}

/** A Go module proxy on the loopback interface that asks for credentials, which Go sends to nobody without TLS. */
export class GoProxy {
  /** @param credentials `user:password` */
  public static async start(modules: readonly GoModule[], credentials: string): Promise<GoProxy> {
    const answers = new Map<string, Buffer>();
    const sums: string[] = [];
    for (const { name, version, files } of modules) {
      const all: Record<string, string> = { 'go.mod': `module ${name}\n\ngo 1.21\n`, ...files };
      const base = `/${name}/@v/${version}`;
      answers.set(`${base}.info`, Buffer.from(JSON.stringify({ Version: version })));
      answers.set(`${base}.mod`, Buffer.from(all['go.mod']));
      answers.set(`${base}.zip`, await zipOf(`${name}@${version}`, all));
      sums.push(`${name} ${version} ${digest(`${name}@${version}/`, all)}`, `${name} ${version}/go.mod ${digest('', { 'go.mod': all['go.mod'] })}`);
    }
    const proxy = new GoProxy(answers, `${sums.join('\n')}\n`, credentials);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  public readonly requests: string[] = [];
  /** The certificate that clients must trust. */
  public readonly certificate: string;
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'go-proxy-'));
  private readonly server: https.Server;

  /** @param sums what go.sum says of all modules */
  private constructor(answers: ReadonlyMap<string, Buffer>, public readonly sums: string, private readonly credentials: string) {
    this.certificate = path.join(this.folder, 'certificate.pem');
    const key = path.join(this.folder, 'key.pem');
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=proxy',
      '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', this.certificate,
    ], { stdio: 'ignore' });
    const wanted = `Basic ${Buffer.from(credentials).toString('base64')}`;
    this.server = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(this.certificate) }, (request, response) => {
      const url = request.url ?? '';
      this.requests.push(url);
      const isKnown = request.headers.authorization === wanted;
      const answer = isKnown ? answers.get(url) : undefined;
      response.writeHead(answer !== undefined ? 200 : isKnown ? 404 : 401).end(answer ?? 'no');
    });
  }

  /** For GOPROXY. */
  public get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `https://${this.credentials}@127.0.0.1:${port}`;
  }

  public async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
    fs.rmSync(this.folder, { recursive: true });
  }
}

async function zipOf(prefix: string, files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'go-module-'));
  try {
    const entries = Object.entries(files).map(([file, content], number) => {
      const source = path.join(folder, String(number));
      fs.writeFileSync(source, content);
      return { kind: 'file' as const, path: `${prefix}/${file}`, mode: 0o644 as const, source };
    });
    const archive = path.join(folder, 'module.zip');
    await writeZip(entries.sort((a, b) => (a.path < b.path ? -1 : 1)), archive);
    return fs.readFileSync(archive);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The `h1:` digest of go.sum. */
function digest(prefix: string, files: Readonly<Record<string, string>>): string {
  const lines = Object.keys(files).sort().map((file) => `${createHash('sha256').update(files[file]).digest('hex')}  ${prefix}${file}\n`);
  return `h1:${createHash('sha256').update(lines.join('')).digest('base64')}`;
}
