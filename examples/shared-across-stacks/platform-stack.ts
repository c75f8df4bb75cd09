import * as path from 'node:path';
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { LayerContent, SharedDependencyLayer } from '../../lib';

export interface PlatformStackProps extends StackProps {
  /**
   * Folder of the shared settings.
   *
   * @default - layers/settings
   */
  readonly settingsFolder?: string;
}

/** Owns the layers that the stacks of other teams use. */
export class PlatformStack extends Stack {
  public readonly libs: SharedDependencyLayer;
  public readonly settings: SharedDependencyLayer;

  constructor(scope: Construct, id: string, props: PlatformStackProps = {}) {
    super(scope, id, props);

    this.libs = new SharedDependencyLayer(this, 'Libs', {
      purpose: 'shop-libs',
      content: [LayerContent.python(path.join(__dirname, 'layers/libs'))],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
      description: 'structlog for all services of the shop',
      license: 'Apache-2.0 OR MIT',
    });

    // Files serve any runtime, so none is named.
    this.settings = new SharedDependencyLayer(this, 'Settings', {
      purpose: 'shop-settings',
      content: [LayerContent.files(props.settingsFolder ?? path.join(__dirname, 'layers/settings'), { destination: 'settings' })],
      description: 'settings that all services of the shop share, in /opt/settings',
    });
  }
}
