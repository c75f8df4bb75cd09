import type { Duration } from 'aws-cdk-lib';
import type { IEnvironment } from 'aws-cdk-lib/aws-appconfig';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import type { ExtensionPart } from './extension-part';
import { emptyFaults, portFaults, refreshSeconds } from './settings';
import { failOn } from '../../common/fault';
import { jsonText } from '../json-text';
import { grantParameterRead, parameterName } from '../stored-values';

/** Where the extension finds its settings. runtime/extensions knows the format. */
const VARIABLE = 'CONFIG_EXTENSION_CONFIG';

const DEFAULT_PORT = 2776;
const DEFAULT_REFRESH_SECONDS = 60;

/** A configuration of AppConfig, as it is deployed to an environment. */
export interface AppConfigProfile {
  /** The environment that it is deployed to. */
  readonly environment: IEnvironment;
  /** Id of the configuration profile. */
  readonly profileId: string;
}

/** Options of the extension that holds configuration for functions. */
export interface ConfigExtensionOptions {
  /**
   * Parameters of Parameter Store that functions can ask for. Functions with the layer are granted to read them, and the KMS keys that they were made
   * or imported with.
   *
   * @default - none
   */
  readonly parameters?: IParameter[];

  /**
   * Configurations of AppConfig that functions can ask for. Functions with the layer are granted to read them.
   *
   * @default - none
   */
  readonly appConfig?: AppConfigProfile[];

  /**
   * How old a value can get before it is fetched again. AppConfig may ask for a longer time. Whole seconds, at least one.
   *
   * @default Duration.minutes(1)
   */
  readonly refresh?: Duration;

  /**
   * Port of 127.0.0.1 that functions ask at. 2772 and 2773 are those of AWS's own extensions, for code that was written for them.
   *
   * @default 2776
   */
  readonly port?: number;
}

/** The part that it is of a layer. */
export function configPart({ parameters = [], appConfig = [], refresh, port = DEFAULT_PORT }: ConfigExtensionOptions): ExtensionPart {
  failOn([...emptyFaults('parameters` or `appConfig', [...parameters, ...appConfig], 'name what functions can ask for'), ...portFaults(port)]);
  const config = {
    parameters: parameters.map(parameterName),
    appConfig: appConfig.map(({ environment, profileId }) => ({
      application: environment.applicationId, environment: environment.environmentId, profile: profileId,
    })),
    refreshSeconds: refreshSeconds(refresh, DEFAULT_REFRESH_SECONDS),
    port,
  };
  return {
    name: 'config-extension',
    contents: [],
    port,
    environment: (scope) => ({ [VARIABLE]: jsonText(scope, config) }),
    grant: (grantee) => {
      parameters.forEach((parameter) => grantParameterRead(parameter, grantee));
      appConfig.forEach((profile) => grantProfileRead(profile, grantee));
    },
  };
}

/** CDK's own grant is for all configurations of the environment. */
function grantProfileRead({ environment, profileId }: AppConfigProfile, grantee: IGrantable): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
    resourceArns: [`${environment.environmentArn}/configuration/${profileId}`],
  });
}
