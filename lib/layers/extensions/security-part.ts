import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { ExtensionPart } from './extension-part';
import { advisoryFaults, patternFaults } from './security-faults';
import { emptyFaults } from './settings';
import { failOn, type Fault } from '../../common/fault';
import type { ManifestContentSpec } from '../../content/content-spec';
import { registrationOf } from '../../validation/registration';
import { jsonText } from '../json-text';

/** Where the extension finds its settings. runtime/extensions knows the format. */
const VARIABLE = 'SECURITY_EXTENSION_CONFIG';

/** Below `/opt`. */
const FOLDER = 'security-extension';

/** What the extension does about what it finds. */
export enum SecurityAction {
  /** It writes a line of JSON into the function's log. */
  REPORT = 'report',
  /** The function does not start. */
  STOP = 'stop',
}

/** What the extension looks for. */
export enum SecurityCheck {
  /** Files of `/opt` that are not those of the layers. */
  CHANGES = 'changes',
  /** Packages that are on an advisory list. */
  ADVISORIES = 'advisories',
  /** Files that look like credentials. */
  CREDENTIALS = 'credentials',
}

/** Options of the extension that looks at what a function's layers hold when it starts. */
export interface SecurityExtensionOptions {
  /**
   * The other layers of the functions, in their order: layers of this library, whose files are known. What is in none of them is reported.
   *
   * @default - no other layers
   */
  readonly layers?: ILayerVersion[];

  /**
   * Files with advisories in OSV format: JSON of one or a list, or one after the other, such as `unzip -p` makes of an export of osv.dev.
   *
   * @see https://ossf.github.io/osv-schema/
   * @default - none; packages are not looked up
   */
  readonly advisories?: string[];

  /**
   * What happens when something is found.
   *
   * @default SecurityAction.REPORT
   */
  readonly onFinding?: SecurityAction;

  /**
   * Patterns of files below `/opt` that are not reported, such as those of layers whose files are not known: `datadog-agent/**`.
   *
   * @default - none
   */
  readonly ignore?: string[];

  /**
   * What is looked for.
   *
   * @default - everything
   */
  readonly checks?: SecurityCheck[];
}

/** The part that it is of a layer. */
export function securityPart(options: SecurityExtensionOptions): ExtensionPart {
  const { layers = [], advisories = [], onFinding = SecurityAction.REPORT, ignore = [], checks = Object.values(SecurityCheck) } = options;
  failOn([
    ...emptyFaults('checks', checks, 'name what is looked for, or leave `checks` out'),
    ...layers.flatMap(layerFaults), ...advisories.flatMap(advisoryFaults), ...ignore.flatMap(patternFaults),
  ]);
  const manifests = [...layers.flatMap(manifestOf), { kind: 'manifest' as const, path: manifestPath('own') }];
  const config = {
    manifests: manifests.map((manifest) => path.posix.basename(manifest.path)),
    advisories: advisories.map((file) => path.basename(file)),
    onFinding,
    ignore,
    detect: checks,
  };
  return {
    name: 'security-extension',
    contents: [
      ...manifests,
      ...advisories.map((file) => ({ kind: 'files' as const, path: path.resolve(file), destination: `${FOLDER}/advisories`, exclude: [] })),
    ],
    watch: !checks.includes(SecurityCheck.CHANGES) ? undefined : {
      layers: layers.map((layer) => layer.node.defaultChild!), hasPatterns: ignore.length > 0, stops: onFinding === SecurityAction.STOP,
    },
    environment: (scope) => ({ [VARIABLE]: jsonText(scope, config) }),
  };
}

/** Nothing where the layer was not built: a stub, or one of a stack that is not synthesised. */
function manifestOf(layer: ILayerVersion, place: number): ManifestContentSpec[] {
  const { summary, manifestPath: file } = registrationOf(layer.node.defaultChild ?? layer) ?? {};
  const name = layer.node.path.slice(Stack.of(layer).node.path.length).replace(/^\//, '');
  return summary === undefined || file === undefined ? [] : [{
    kind: 'manifest', path: manifestPath(`${place}-${summary.digest.slice(0, 12)}`), layer: { name, digest: summary.digest, file },
  }];
}

function manifestPath(name: string): string {
  return `${FOLDER}/manifests/${name}.json`;
}

function layerFaults(layer: ILayerVersion): Fault[] {
  const registration = registrationOf(layer.node.defaultChild ?? layer);
  return registration !== undefined && registration.imported === undefined ? [] : [{
    what: 'the files of a layer in `layers` are not known',
    got: layer.node.path,
    allowed: 'layers that this library builds',
    fix: 'leave it out, and name its files in `ignore`',
  }];
}
