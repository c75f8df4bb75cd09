import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  CfnParameter, DefaultStackSynthesizer, LegacyStackSynthesizer, NestedStack, Size, Stack, Stage, type App, type IResolvable,
} from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { arnOf, errorsOf, rawFunction, warningsOf } from './support';
import { ImportedLayer, LayerContent, LayerRules, SharedDependencyLayer } from '../../lib';
import { craftZip } from '../archive/craft-zip';
import { folderOf, messageOf, newFunction, newStack } from '../layers/support';

const QUOTA = 262_144_000;

/** A folder with a file of zeros that takes no place. */
function folderOfBytes(bytes: number): string {
  const folder = folderOf({ 'big.bin': '' });
  fs.truncateSync(path.join(folder, 'big.bin'), bytes);
  return folder;
}

/** An archive that says to hold so many bytes. */
function zipOfBytes(bytes: number): string {
  return craftZip({ name: 'index.py', declaredBytes: bytes });
}

/** A layer of so many bytes. */
function layerOfBytes(stack: Stack, bytes: number): ImportedLayer {
  return ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arnOf('theirs'), unzippedSize: Size.kibibytes(bytes / 1024) });
}

function codeBytes(stack: Stack): (number | undefined)[] {
  return LayerRules.of(stack).report().functions.map((fn) => fn.codeBytes);
}

/** A new code of five bytes: CDK lets a code serve one stack only. */
function fiveBytes(): lambda.Code {
  return lambda.Code.fromAsset(folderOf({ 'a.py': 'abc', 'sub/b.py': 'de' }));
}

describe('the size of a function\'s own code', () => {
  test.each<[string, () => lambda.Code, number | undefined]>([
    ['a folder', fiveBytes, 5],
    ['a zip', () => lambda.Code.fromAsset(zipOfBytes(1234)), 1234],
    ['inline code, in bytes', () => lambda.Code.fromInline('naïve'), 6],
    ['a file that is no archive', () => lambda.Code.fromAsset(path.join(folderOf({ 'broken.zip': 'not an archive' }), 'broken.zip')), undefined],
  ])('%s', (_, code, bytes) => {
    const stack = newStack();
    newFunction(stack, { code: code() });
    expect(codeBytes(stack)).toEqual([bytes]);
  });

  test('a code that several functions share', () => {
    const stack = newStack();
    const code = fiveBytes();
    ['One', 'Two', 'Three'].forEach((id) => newFunction(stack, { code }, id));
    expect(codeBytes(stack)).toEqual([5, 5, 5]);
  });

  test('a link is followed, as CDK does when it zips, but not for ever', () => {
    const folder = folderOf({ 'a.py': 'abc', 'sub/b.py': 'de' });
    fs.symlinkSync('a.py', path.join(folder, 'link.py'));
    fs.symlinkSync('..', path.join(folder, 'sub/up'));
    const stack = newStack({ context: { 'aws:cdk:disable-asset-staging': true, 'aws:cdk:enable-asset-metadata': true } });
    newFunction(stack, { code: lambda.Code.fromAsset(folder) });
    expect(codeBytes(stack)).toEqual([8]);
  });

  test.each([['a link to itself', 'loop'], ['a link through a file', 'a.py/below']])('%s makes it unknown, and no error', (_, target) => {
    const folder = folderOf({ 'a.py': 'abc' });
    fs.symlinkSync(target, path.join(folder, 'loop'));
    const stack = newStack({ context: { 'aws:cdk:disable-asset-staging': true, 'aws:cdk:enable-asset-metadata': true } });
    newFunction(stack, { code: lambda.Code.fromAsset(folder) });
    expect(codeBytes(stack)).toEqual([undefined]);
  });

  test('in a stage, a nested stack and under a bucket prefix', () => {
    const app = newStack().node.root as App;
    const stage = new Stage(app, 'Prod');
    const stack = new Stack(stage, 'Shop', { synthesizer: new DefaultStackSynthesizer({ bucketPrefix: 'some/prefix/' }) });
    newFunction(stack, { code: fiveBytes() });
    newFunction(new NestedStack(stack, 'Inner'), { code: fiveBytes() });
    expect(codeBytes(stack)).toEqual([5, 5]);
  });

  test('by CDK\'s note for SAM where the template does not say the hash', () => {
    const stack = newStack({ context: { 'aws:cdk:enable-asset-metadata': true } });
    const legacy = new Stack(stack.node.root, 'Legacy', { synthesizer: new LegacyStackSynthesizer() });
    newFunction(legacy, { code: fiveBytes() });
    expect(codeBytes(legacy)).toEqual([5]);
  });

  test('code in another bucket, by parameters or as a token is not known, and the sum a lower bound', () => {
    const stack = newStack();
    newFunction(stack, { code: lambda.Code.fromBucket(Bucket.fromBucketName(stack, 'Bucket', 'artefacts'), 'orders.zip') }, 'Elsewhere');
    newFunction(stack, { code: lambda.Code.fromCfnParameters() }, 'ByParameters');
    rawFunction(stack, { code: { resolve: () => ({ zipFile: 'x' }) } as unknown as IResolvable }, 'Resolved');
    rawFunction(stack, { code: { zipFile: new CfnParameter(stack, 'Code').valueAsString } }, 'Token');
    const known = LayerRules.of(stack).report().functions.map((fn) => [fn.functionPath, fn.codeBytes, fn.isLowerBound]);
    expect(known).toEqual([
      ['Shop/Elsewhere', undefined, true], ['Shop/ByParameters', undefined, true], ['Shop/Resolved', 1, false], ['Shop/Token', undefined, true],
    ]);
  });
});

describe('FunctionSize', () => {
  test('code and layer to the last byte pass with a warning, one byte more fails', () => {
    const check = (bytes: number): Stack => {
      const stack = newStack();
      const fn = newFunction(stack, { code: lambda.Code.fromAsset(zipOfBytes(bytes - 200 * 1024 * 1024)) });
      layerOfBytes(stack, 200 * 1024 * 1024).attachTo(fn);
      return stack;
    };
    expect(errorsOf(check(QUOTA))).toEqual([]);
    expect(warningsOf(check(QUOTA))).toEqual(['Shop/Orders FunctionSize']);
    expect(errorsOf(check(QUOTA + 1))).toEqual(['Shop/Orders: the function with its layers is too big for Lambda [FunctionSize]']);
    expect(warningsOf(check(QUOTA * 0.95 - 1))).toEqual([]);
  });

  test('what is too big without its unknown parts fails as a lower bound', () => {
    const stack = newStack();
    const fn = newFunction(stack, { code: lambda.Code.fromAsset(zipOfBytes(QUOTA + 1)) });
    ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arnOf('theirs') }).attachTo(fn);
    expect(messageOf(() => (stack.node.root as App).synth())).toContain('at least 262,144,001 bytes unzipped');
  });
});

describe('LayerSize', () => {
  test('a layer of exactly the quota is built with a warning, one byte more fails where it is made', () => {
    const stack = newStack();
    new SharedDependencyLayer(stack, 'Full', { content: [LayerContent.files(folderOfBytes(QUOTA))] });
    expect(warningsOf(stack)).toEqual(['Shop/Full LayerSize']);
    const message = messageOf(() => new SharedDependencyLayer(stack, 'Over', { content: [LayerContent.files(folderOfBytes(QUOTA + 1))] }));
    expect(message).toContain('Shop/Over: the layer is too big for Lambda [LayerSize]\n  got: 262,144,001 bytes unzipped');
  });

  test('layers of CDK\'s own are measured: by their folder and by their archive', () => {
    const stack = newStack();
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files(folderOf({ 'a.txt': 'a' }))] });
    new lambda.LayerVersion(stack, 'Fits', { code: lambda.Code.fromAsset(zipOfBytes(QUOTA * 0.95)) });
    new lambda.LayerVersion(stack, 'Over', { code: lambda.Code.fromAsset(zipOfBytes(QUOTA + 1)) });
    newFunction(stack, { layers: [stack.node.findChild('Fits') as lambda.LayerVersion] });
    expect(errorsOf(stack)).toEqual(['Shop/Over: the layer is too big for Lambda [LayerSize]']);
    expect(LayerRules.of(stack).report().functions[0].layers).toEqual([{ name: 'Shop/Fits', unzippedBytes: QUOTA * 0.95 }]);
  });
});
