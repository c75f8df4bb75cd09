import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

export const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf';
export const PARAMETER = '/shop/level';

/** What the services answer, by the name of the call. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  'secretsmanager.GetSecretValue': {
    ARN: SECRET_ARN, Name: 'db', VersionId: '00000000-0000-0000-0000-000000000001', SecretString: 'no-secret-at-all', VersionStages: ['AWSCURRENT'],
  },
  'AmazonSSM.GetParameter': { Parameter: { Name: PARAMETER, Type: 'String', Value: 'high', Version: 1 } },
};

/** Stands for the services of AWS that extensions ask, with one secret and one parameter: quick, where moto would be measured with them. */
export class Services {
  public static async start(): Promise<Services> {
    const calls = new Set<string>();
    const server = http.createServer((request, response) => {
      const call = String(request.headers['x-amz-target']);
      calls.add(call);
      const answer = ANSWERS[call];
      request.resume();
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer ?? {}));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Services(server, calls);
  }

  private constructor(private readonly server: http.Server, private readonly calls: ReadonlySet<string>) {}

  /** What was called, as IAM names it. */
  public get actions(): string[] {
    return [...this.calls].map((call) => call.replace(/^AmazonSSM/, 'ssm').replace('.', ':')).sort();
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
