import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Artifact } from './wheel';

/** A package index on this machine, with PEP 503's pages. It writes down what it was asked for. */
export class PackageServer {
  /** @param password what users must give with basic authentication; whoever asks may see everything without one */
  public static async start(artifacts: readonly Artifact[], password?: string): Promise<PackageServer> {
    const server = new PackageServer(artifacts, password);
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** Paths, in the order in which they were asked for. */
  public readonly requests: string[] = [];

  private readonly server = http.createServer((request, response) => this.answer(request, response));

  private constructor(private readonly artifacts: readonly Artifact[], private readonly password: string | undefined) {}

  public get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public get url(): string {
    return `http://${this.host}/simple`;
  }

  /** Projects that somebody asked for, whether they are here or not. */
  public askedFor(): string[] {
    return [...new Set(this.requests.map((path) => /^\/(?:simple|files)\/([^/]+)/.exec(path)?.[1] ?? path))].sort();
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = decodeURI(request.url ?? '');
    this.requests.push(path);
    if (!this.isAllowed(request.headers.authorization)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="packages"' }).end('who are you?');
      return;
    }
    const file = this.artifacts.find((one) => path === `/files/${one.name}/${one.file}`);
    const offered = this.artifacts.filter((one) => path === `/simple/${one.name}/`);
    if (file !== undefined) {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': file.content.length }).end(file.content);
    } else if (offered.length > 0) {
      const links = offered.map((one) => `<a href="/files/${one.name}/${one.file}#sha256=${one.sha256}">${one.file}</a>`);
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`);
    } else {
      response.writeHead(404).end();
    }
  }

  private isAllowed(authorization: string | undefined): boolean {
    return this.password === undefined
      || Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64').toString().endsWith(`:${this.password}`);
  }
}
