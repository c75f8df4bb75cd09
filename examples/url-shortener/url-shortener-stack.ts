import * as path from 'node:path';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { LayerContent, LayerRules, SharedDependencyLayer, type BytecodeMode } from '../../lib';

export interface UrlShortenerStackProps extends StackProps {
  /**
   * @default - no bytecode in the layer
   */
  readonly bytecode?: BytecodeMode;
  /**
   * Of both functions, and what the layer is built for.
   *
   * @default Runtime.PYTHON_3_13
   */
  readonly runtime?: lambda.Runtime;
}

/** Two functions that share a layer of requests, pyshorteners and qrcode. */
export class UrlShortenerStack extends Stack {
  public readonly libs: SharedDependencyLayer;

  constructor(scope: Construct, id: string, props: UrlShortenerStackProps = {}) {
    super(scope, id, props);
    const { bytecode, runtime = lambda.Runtime.PYTHON_3_13 } = props;

    this.libs = new SharedDependencyLayer(this, 'UrlShortenerLibs', {
      purpose: 'url-shortener',
      content: [LayerContent.python(path.join(__dirname, 'layers/url-shortener'), { sourceBuilds: ['pyshorteners'] })],
      compatibleRuntimes: [runtime],
      description: 'requests, pyshorteners and qrcode for the URL shortener',
      license: 'Apache-2.0',
      slim: { bytecode },
    });

    LayerRules.of(this.libs).acknowledge('SourceBuild', 'pyshorteners ships no wheel; its source is pinned by its hash in requirements.txt');

    new lambda.Function(this, 'Shorten', {
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions/shorten')),
      timeout: Duration.seconds(10),
      layers: [this.libs],
    });

    const qrCode = new lambda.Function(this, 'QrCode', {
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions/qr-code')),
    });
    this.libs.attachTo(qrCode);
  }
}
