import type { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ExtensionPart } from './extension-part';
import { emptyFaults, portFaults, refreshSeconds } from './settings';
import { failOn } from '../../common/fault';
import { jsonText } from '../json-text';
import { secretId } from '../stored-values';

/** Where the extension finds its settings. runtime/extensions knows the format. */
const VARIABLE = 'SECRETS_EXTENSION_CONFIG';

const DEFAULT_PORT = 2775;
const DEFAULT_REFRESH_SECONDS = 300;

/** Options of the extension that holds secrets for functions. */
export interface SecretsExtensionOptions {
  /**
   * The secrets that functions can ask for. Functions with the layer are granted to read them and their KMS keys.
   */
  readonly secrets: ISecret[];

  /**
   * How old a value can get before it is fetched again. A rotation is seen within that time. Whole seconds, at least one.
   *
   * @default Duration.minutes(5)
   */
  readonly refresh?: Duration;

  /**
   * Port of 127.0.0.1 that functions ask at. 2773 is the one of AWS's own extension, for code that was written for it.
   *
   * @default 2775
   */
  readonly port?: number;
}

/** The part that it is of a layer. */
export function secretsPart({ secrets, refresh, port = DEFAULT_PORT }: SecretsExtensionOptions): ExtensionPart {
  failOn([...emptyFaults('secrets', secrets, 'name what functions can ask for'), ...portFaults(port)]);
  const config = { secrets: secrets.map(secretId), refreshSeconds: refreshSeconds(refresh, DEFAULT_REFRESH_SECONDS), port };
  return {
    name: 'secrets-extension',
    contents: [],
    port,
    environment: (scope) => ({ [VARIABLE]: jsonText(scope, config) }),
    grant: (grantee) => secrets.forEach((secret) => secret.grantRead(grantee)),
  };
}
