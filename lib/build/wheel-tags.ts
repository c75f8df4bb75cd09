import { MACHINES } from '../target/runtimes';
import type { Target } from '../target/target';

/** How a wheel's tag relates to a target. */
export type WheelFit =
  /** It runs there. */
  | 'fits'
  /** Native code that was compiled for whatever system built it: nothing proves that it runs on Lambda's. */
  | 'local-native'
  /** Made for another interpreter, system or machine. */
  | 'foreign';

/** The tags in a dist-info/WHEEL file, such as `cp313-cp313-manylinux_2_17_x86_64`. */
export function parseWheelTags(wheelFile: string): string[] {
  return [...wheelFile.matchAll(/^Tag:\s*(\S+)\s*$/gm)].map((match) => match[1]);
}

/** The best fit that any of a wheel's tags gives; a wheel without tags is foreign. */
export function wheelFit(tags: readonly string[], target: Target): WheelFit {
  const fits = tags.flatMap(expandTag).map((tag) => tagFit(tag, target));
  return fits.find((fit) => fit === 'fits') ?? fits.find((fit) => fit === 'local-native') ?? 'foreign';
}

type Tag = readonly [python: string, abi: string, platform: string];

/** Tags as they are when a wheel's file writes several in one, such as `py2.py3-none-any`. */
function expandTag(tag: string): Tag[] {
  const [pythons, abis = [], platforms = []] = tag.split('-').map((part) => part.split('.'));
  return pythons.flatMap((python) => abis.flatMap((abi) => platforms.map((platform): Tag => [python, abi, platform])));
}

function tagFit([python, abi, platform]: Tag, target: Target): WheelFit {
  return interpreterFits(python, abi, target.pythonVersion) ? platformFit(platform, target) : 'foreign';
}

function interpreterFits(python: string, abi: string, targetVersion: string): boolean {
  const wanted = Number(targetVersion.split('.')[1]);
  const [, implementation, minorText] = /^(py|cp)3(\d*)$/.exec(python) ?? [];
  if (implementation === undefined) {
    return false;
  }
  const minor = minorText === '' ? 0 : Number(minorText);
  if (implementation === 'py') {
    return abi === 'none' && minor <= wanted;
  }
  return abi === 'abi3' ? minor <= wanted : minor === wanted && (abi === `cp3${wanted}` || abi === 'none');
}

function platformFit(platform: string, target: Target): WheelFit {
  if (platform === 'any') {
    return 'fits';
  }
  const machine = MACHINES[target.architecture];
  if (platform === `linux_${machine}`) {
    return 'local-native';
  }
  const legacy: Readonly<Record<string, number>> = { manylinux1: 5, manylinux2010: 12, manylinux2014: 17 };
  const [, name, major, minor, wheelMachine] = /^(manylinux\w*?)(?:_(\d+)_(\d+))?_(x86_64|aarch64)$/.exec(platform) ?? [];
  if (wheelMachine !== machine) {
    return 'foreign';
  }
  const glibcMinor = major === '2' ? Number(minor) : legacy[name];
  return glibcMinor !== undefined && glibcMinor <= Number(target.glibc.split('.')[1]) ? 'fits' : 'foreign';
}
