import { createHash } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as zlib from 'node:zlib';

export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** Beside name and version in its package.json. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
}

interface Served extends NodePackage {
  readonly tarball: Buffer;
  readonly integrity: string;
}

/** An npm registry on this machine. It writes down what it was asked for. */
export class NpmRegistry {
  /** @param token what users must give; whoever asks may see everything without one */
  public static async start(packages: readonly NodePackage[], token?: string): Promise<NpmRegistry> {
    const registry = new NpmRegistry(packages.map((one) => {
      const tarball = pack(one);
      return { ...one, tarball, integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}` };
    }), token);
    await new Promise<void>((resolve) => registry.server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  /** Paths, in the order in which they were asked for. */
  public readonly requests: string[] = [];
  public readonly authorizations = new Set<string | undefined>();
  /** Paths that are answered with an error of the server. */
  public broken: RegExp | undefined;

  private readonly server = http.createServer((request, response) => this.answer(request, response));

  private constructor(private readonly packages: readonly Served[], private readonly token: string | undefined) {}

  public get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public get url(): string {
    return `http://${this.host}/`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What npm would write for a project that needs these packages of the registry, by place. */
  public lock(project: Readonly<Record<string, unknown>>, places: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
    const entries = Object.entries(places).map(([place, extra]) => {
      const { name = place.replace(/^.*node_modules\//, ''), ...rest } = extra;
      const { version, integrity, fields = {} } = this.packages.find((one) => one.name === name)!;
      return [place, { version, integrity, ...pick(fields, ['dependencies', 'optionalDependencies', 'os', 'cpu', 'libc', 'engines']), ...rest }];
    });
    return JSON.stringify({ name: 'libs', lockfileVersion: 3, requires: true, packages: { '': project, ...Object.fromEntries(entries) } });
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '');
    this.requests.push(path);
    this.authorizations.add(request.headers.authorization);
    const found = this.packages.filter((one) => path === `/${one.name}`);
    const file = this.packages.find((one) => path === `/${one.name}/-/${one.version}.tgz`);
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401).end('{"error":"who are you?"}');
    } else if (this.broken?.test(path) === true) {
      response.writeHead(500).end('{}');
    } else if (file !== undefined) {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(file.tarball);
    } else if (found.length > 0) {
      const versions = found.map((one) => [one.version, {
        ...one.fields, name: one.name, version: one.version,
        dist: { tarball: `${this.url}${one.name}/-/${one.version}.tgz`, integrity: one.integrity },
      }]);
      response.writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ 'name': found[0].name, 'dist-tags': { latest: found[0].version }, 'versions': Object.fromEntries(versions) }));
    } else {
      response.writeHead(404).end('{}');
    }
  }
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function pack({ name, version, fields = {}, files = {} }: NodePackage): Buffer {
  const own = JSON.stringify({ name, version, license: 'MIT', ...fields });
  const all = { 'package.json': own, 'index.js': `module.exports = '${version}';\n`, ...files };
  const blocks = Object.entries(all).flatMap(([file, text]) => {
    const content = Buffer.from(text);
    return [tarHeader(`package/${file}`, content.length), content, Buffer.alloc((512 - content.length % 512) % 512)];
  });
  return zlib.gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function tarHeader(file: string, bytes: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(file, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(bytes, 11), 124);
  header.write(octal(0, 11), 136);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(octal(header.reduce((sum, byte) => sum + byte, 0), 6), 148);
  return header;
}
