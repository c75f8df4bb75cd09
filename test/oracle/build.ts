import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Aspects, Aws, CfnCondition, CfnParameter, Fn, NestedStack, Stack, Token, type IAspect } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { makeLayer, type MadeLayer } from './build-layers';
import { cdkRefuses } from './layers-in-template';
import { CODE_FOLDER, INLINE_CODE, isImage, PARAMETER, type AppModel, type Entry, type FunctionModel, type LayerList } from './model';
import { arnToken, runtimeNamed } from './tokens';
import { folderOf } from '../layers/support';

const code = folderOf(CODE_FOLDER);
const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'oracle-out-'));

const IMAGE = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/images:1';
const CONDITIONS = 2;

/** The app that a user would have written. */
export function build(model: AppModel): App {
  return new Builder(model).app;
}

class Builder {
  public readonly app: App;
  private readonly stacks: Stack[] = [];
  private readonly layers: MadeLayer[];

  constructor(private readonly model: AppModel) {
    this.app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      context: { '@aws-cdk/aws-lambda:recognizeLayerVersion': model.sortsLayers },
    });
    model.stacks.forEach(({ account, region, parent }, index) => {
      const stack = parent === undefined
        ? new Stack(this.app, `Stack${index}`, { env: { account, region } })
        : new NestedStack(this.stacks[parent], `Stack${index}`);
      this.stacks.push(stack);
      declareUnknowns(stack);
    });
    this.layers = model.layers.map((layer, index) => makeLayer(this.stacks[layer.stack], `Layer${index}`, layer));
    model.functions.forEach((fn, index) => this.makeFunction(fn, `Function${index}`));
  }

  private makeFunction(fn: FunctionModel, id: string): void {
    const made = isImage(fn) || fn.kind === 'rawFunction' ? this.makeOtherFunction(fn, id) : this.makePlainFunction(fn, id);
    const resource = made instanceof lambda.CfnFunction ? made : made.node.defaultChild as lambda.CfnFunction;
    for (const { door, entry } of fn.given) {
      if (door === 'attachTo' && entry.kind === 'layer') {
        this.layers[entry.layer].attachTo!(made);
      }
    }
    if (fn.overridden?.runtime !== undefined) {
      resource.addPropertyOverride('Runtime', fn.overridden.runtime);
    }
    if (fn.overridden?.architecture !== undefined) {
      resource.addPropertyOverride('Architectures', [fn.overridden.architecture]);
    }
    if (fn.override) {
      resource.addPropertyOverride('Layers', this.list(fn.override));
    }
    if (fn.aspect) {
      Aspects.of(this.stacks[fn.stack]).add(this.aspectOn(resource, fn.aspect));
    }
  }

  private makePlainFunction(fn: FunctionModel, id: string): lambda.Function {
    const stack = this.stacks[fn.stack];
    const taken = fn.given.filter(({ entry }) => !cdkRefuses(this.model, fn, entry))
      .map(({ door, entry }, place) => ({ door, layer: door === 'attachTo' ? undefined : this.construct(stack, `${id}Given${place}`, entry) }));
    const made = new lambda.Function(stack, id, {
      runtime: runtimeNamed(fn.runtime),
      architecture: fn.architecture === undefined ? undefined : architectureOf(fn.architecture),
      handler: 'index.handler',
      role: Role.fromRoleArn(stack, `${id}Role`, 'arn:aws:iam::111122223333:role/any'),
      code: fn.code === 'inline' ? lambda.Code.fromInline(INLINE_CODE)
        : fn.code === 'folder' ? lambda.Code.fromAsset(code)
          : lambda.Code.fromBucketV2(Bucket.fromBucketName(stack, `${id}Bucket`, 'somebodys'), 'code.zip'),
      layers: taken.flatMap(({ door, layer }) => door === 'layers' ? [layer!] : []),
    });
    taken.filter(({ door }) => door === 'addLayers').forEach(({ layer }) => made.addLayers(layer!));
    return made;
  }

  private makeOtherFunction(fn: FunctionModel, id: string): lambda.CfnFunction | lambda.DockerImageFunction {
    const stack = this.stacks[fn.stack];
    if (fn.kind === 'imageFunction') {
      return new lambda.DockerImageFunction(stack, id, {
        role: Role.fromRoleArn(stack, `${id}Role`, 'arn:aws:iam::111122223333:role/any'),
        code: lambda.DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, `${id}Images`, 'images')),
      });
    }
    const given = fn.given.filter(({ door }) => door !== 'attachTo').map(({ entry }) => this.arn(entry));
    const common = {
      role: 'arn:aws:iam::111122223333:role/any',
      layers: given.length > 0 ? given : undefined,
      architectures: fn.architecture === undefined ? undefined : [fn.architecture === PARAMETER ? Fn.ref('Machine') : fn.architecture],
    };
    return isImage(fn)
      ? new lambda.CfnFunction(stack, id, { ...common, packageType: 'Image', code: { imageUri: IMAGE } })
      : new lambda.CfnFunction(stack, id, {
        ...common,
        runtime: fn.runtime === PARAMETER ? Fn.ref('Runtime') : fn.runtime,
        handler: 'index.handler',
        code: rawCode(stack, `${id}Code`, fn),
      });
  }

  private aspectOn(resource: lambda.CfnFunction, { how, list }: NonNullable<FunctionModel['aspect']>): IAspect {
    return {
      visit: (node) => {
        if (node !== resource) {
          return;
        }
        if (how === 'override') {
          resource.addPropertyOverride('Layers', this.list(list));
        } else {
          resource.layers = list === PARAMETER ? Token.asList(this.list(list)) : list.map((entry) => this.arn(entry));
        }
      },
    };
  }

  private list(list: LayerList): unknown {
    return list === PARAMETER ? { Ref: 'LayerList' } : list.map((entry) => this.arn(entry));
  }

  private arn(entry: Entry): string {
    switch (entry.kind) {
      case 'layer': return this.layers[entry.layer].arn;
      case 'arn': return arnToken(entry.arn);
      case 'if': return Fn.conditionIf(
        `Condition${entry.condition}`, this.arn(entry.then), entry.otherwise ? this.arn(entry.otherwise) : Aws.NO_VALUE,
      ).toString();
    }
  }

  /** What a `Function` takes: a layer as it is, anything else as a layer that is known by its ARN only. */
  private construct(stack: Stack, id: string, entry: Entry): lambda.ILayerVersion {
    const known = entry.kind === 'layer' ? this.layers[entry.layer].construct : undefined;
    return known ?? lambda.LayerVersion.fromLayerVersionArn(stack, id, this.arn(entry));
  }
}

/** What the unknown parts of a model refer to by name. */
function declareUnknowns(stack: Stack): void {
  for (const id of ['LayerArn', 'LayerVersion', 'LayerName', 'Runtime', 'Machine']) {
    new CfnParameter(stack, id);
  }
  new CfnParameter(stack, 'LayerList', { type: 'CommaDelimitedList' });
  for (let index = 0; index < CONDITIONS; index++) {
    new CfnCondition(stack, `Condition${index}`, { expression: Fn.conditionEquals(Fn.ref('Runtime'), `${index}`) });
  }
}

function rawCode(stack: Stack, id: string, fn: FunctionModel): lambda.CfnFunction.CodeProperty {
  switch (fn.code) {
    case 'inline': return { zipFile: INLINE_CODE };
    case 'bucket': return { s3Bucket: 'somebodys', s3Key: 'code.zip' };
    case 'folder': {
      const asset = new Asset(stack, id, { path: code });
      return { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey };
    }
  }
}

function architectureOf(name: string): lambda.Architecture {
  return name === PARAMETER ? lambda.Architecture.custom(Fn.ref('Machine')) : lambda.Architecture.custom(name);
}
