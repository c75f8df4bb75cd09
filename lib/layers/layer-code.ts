import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { AssetHashType, FileAssetPackaging, Stack, Stage, type CfnResource } from 'aws-cdk-lib';
import { Code, type CodeConfig, type ResourceBindOptions } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { ASSET_RESOURCE_METADATA_PATH_KEY, ASSET_RESOURCE_METADATA_PROPERTY_KEY } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import { isForSam } from './context';
import { withPlace } from './with-place';
import { placeFile } from '../cache/place-file';
import { unpackLayer } from '../pipeline/bridge';

/** A ready-made layer archive as CDK code. Nothing is zipped or copied: the archive is linked to where CDK would stage it. */
export class ArchiveCode extends Code {
  public readonly isInline = false;
  private asset?: Asset;
  private unpackedFolder?: string;

  /**
   * @param archivePath absolute path of the .zip
   * @param manifestPath absolute path of the manifest, which is laid beside the archive in the output folder
   * @param digest digest over the entries, which identifies the asset whatever tool deflated it
   */
  constructor(
    private readonly archivePath: string,
    private readonly manifestPath: string,
    private readonly digest: string,
  ) {
    super();
  }

  public bind(scope: Construct): CodeConfig {
    const outputFolder = Stage.of(scope)?.assetOutdir;
    if (outputFolder !== undefined) {
      const staged = path.join(outputFolder, `asset.${createHash('sha256').update(this.digest).digest('hex')}`);
      withPlace(scope.node.path, () => this.stage(scope, staged));
    }
    this.asset = new Asset(scope, 'Code', { path: this.archivePath, assetHash: this.digest, assetHashType: AssetHashType.CUSTOM });
    return { s3Location: { bucketName: this.asset.s3BucketName, objectKey: this.asset.s3ObjectKey } };
  }

  public bindToResource(resource: CfnResource, options: ResourceBindOptions = {}): void {
    this.asset?.addResourceMetadata(resource, options.resourceProperty ?? 'Code');
    if (this.unpackedFolder !== undefined) {
      // SAM CLI takes what this names as the layer's folder: it does not unpack a layer's zip.
      resource.addMetadata(ASSET_RESOURCE_METADATA_PATH_KEY, path.basename(this.unpackedFolder));
      resource.addMetadata(ASSET_RESOURCE_METADATA_PROPERTY_KEY, options.resourceProperty ?? 'Code');
    }
  }

  private stage(scope: Construct, staged: string): void {
    // CDK stages a file only when none of this name is there yet; a test guards that it keeps doing so.
    placeFile(this.archivePath, `${staged}.zip`);
    placeFile(this.manifestPath, `${staged}.manifest.json`);
    if (isForSam(scope)) {
      this.unpackedFolder = `${staged}.layer`;
      unpackLayer(this.archivePath, this.unpackedFolder);
    }
  }
}

/** A placeholder that gives a stable template and names a file that does not exist, so that it cannot be deployed. */
export class StubCode extends Code {
  public readonly isInline = false;

  public bind(scope: Construct): CodeConfig {
    const stack = Stack.of(scope);
    const pathInStack = scope.node.path.slice(stack.node.path.length);
    const sourceHash = createHash('sha256').update(`cdk-lambda-layers stub:${pathInStack}`).digest('hex');
    const location = stack.synthesizer.addFileAsset({
      sourceHash,
      fileName: `cdk-lambda-layers-stub.${sourceHash}.zip`,
      packaging: FileAssetPackaging.FILE,
    });
    return { s3Location: { bucketName: location.bucketName, objectKey: location.objectKey } };
  }
}
