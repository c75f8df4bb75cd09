import * as path from 'node:path';

import { findCredentials } from './credentials';
import { readText } from './read-text';
import { parseRequirement } from './requirement';
import type { Requirement } from './requirement';
import type { Fault } from '../common/fault';
import { failOn } from '../common/fault';

/** Requirements and constraints of a file, with those of the files that it includes. */
export interface RequirementList {
  readonly requirements: readonly Requirement[];
  readonly constraints: readonly Requirement[];
  readonly notes: readonly string[];
}

/** A line as pip sees it: joined with its continuations, without comments. */
interface LogicalLine {
  readonly text: string;
  readonly number: number;
}

const INCLUDE = /^(-r|-c|--requirement|--constraint)(?:\s+|=|(?=[^-\s]))(.*)$/s;
const EDITABLE = /^(?:-e|--editable)(?:\s|=)/;
const INDEX_OPTION = /^(?:-i|--index-url|--extra-index-url|-f|--find-links|--no-index|--trusted-host|--pypi-url)(?:\s|=|$)/;
/** They say how pip installs, not what; hashes and wheels are asked for here in any case. */
const HARMLESS_OPTION = /^(?:--require-hashes|--only-binary|--no-binary|--prefer-binary|--use-feature)(?:\s|=|$)/;

/**
 * Reads pip's format of requirements files. A reader of our own, because it is a page long, and because
 * the packages that parse it bring a grammar engine with them, which every user would load.
 */
export function readRequirementFile(file: string): RequirementList {
  const collector = new Collector();
  collector.readFile(file, 'requirements', []);
  return collector.finish();
}

/** The same for lines that were written into code. */
export function readRequirementLines(lines: readonly string[], directory: string): RequirementList {
  failOn(lines.flatMap((line, index) => findCredentials(line, () => `requirements[${index}]`)));
  const collector = new Collector();
  lines.forEach((line, index) => {
    for (const { text } of logicalLines(line)) {
      collector.add(text, `requirements[${index}]`, directory, 'requirements', []);
    }
  });
  return collector.finish();
}

class Collector {
  private readonly lists = { requirements: [] as Requirement[], constraints: [] as Requirement[] };
  private readonly faults: Fault[] = [];
  private readonly indexOptions: string[] = [];

  public readFile(file: string, into: 'requirements' | 'constraints', trail: readonly string[]): void {
    const text = readText(file);
    for (const line of logicalLines(text)) {
      this.add(line.text, `${file}:${line.number}`, path.dirname(file), into, [...trail, file]);
    }
  }

  public add(text: string, label: string, directory: string, into: 'requirements' | 'constraints', trail: readonly string[]): void {
    const include = INCLUDE.exec(text);
    if (include !== null) {
      this.include(include[1]?.startsWith('-r') || include[1] === '--requirement' ? into : 'constraints', include[2] ?? '', label, directory, trail);
    } else if (INDEX_OPTION.test(text)) {
      this.indexOptions.push(label);
    } else if (text.startsWith('-') && !EDITABLE.test(text)) {
      this.faults.push(...HARMLESS_OPTION.test(text) ? [] : [unknownOption(text, label)]);
    } else {
      const requirement = parseRequirement(text, directory, label);
      if (requirement === undefined) {
        this.faults.push(noRequirement(text, label));
      } else {
        this.lists[into].push(requirement);
      }
    }
  }

  public finish(): RequirementList {
    failOn(this.faults);
    return { ...this.lists, notes: this.indexOptions.length === 0 ? [] : [indexNote(this.indexOptions)] };
  }

  private include(into: 'requirements' | 'constraints', location: string, label: string, directory: string, trail: readonly string[]): void {
    const target = location.trim().replace(/^(["'])(.*)\1$/, '$2');
    const file = path.resolve(directory, target);
    if (/^https?:/i.test(target)) {
      this.faults.push({
        what: `${label} includes a file over the network`,
        got: 'a URL after -r or -c',
        allowed: 'files on disk, since a synth must not depend on what a server answers',
        fix: 'copy the file beside the requirements and include the copy',
      });
    } else if (trail.includes(file)) {
      this.faults.push({
        what: `${label} includes a file that is being read already`,
        got: [...trail.slice(trail.indexOf(file)), file].join(' > '),
        allowed: 'includes without a circle',
        fix: 'take one of the includes out',
      });
    } else {
      this.readFile(file, into, trail);
    }
  }
}

function indexNote(labels: readonly string[]): string {
  const [first = ''] = labels;
  const more = labels.length === 1 ? '' : ` and ${labels.length - 1} more`;
  return `index options of requirements are not used (${first}${more}): give indexes as bundling.indexes`;
}

function unknownOption(text: string, label: string): Fault {
  return {
    what: `${label} has an option that cannot be followed`,
    got: text.split(/[\s=]/, 1)[0] ?? '',
    allowed: '-r, -c, -e, --hash, --require-hashes, --only-binary, --no-binary, --prefer-binary, and index options, which are left out',
    fix: 'take the line out, or use the option of this library that does the same',
  };
}

function noRequirement(text: string, label: string): Fault {
  return {
    what: `${label} is no requirement`,
    got: text,
    allowed: 'name, name==1.2.3, name[extra]>=1,<2 ; marker, name @ URL, or a path',
    fix: 'mend the line',
  };
}

/** Joins continued lines and takes comments out, in the order in which pip does. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let joined = '';
  let start = 0;
  const finish = function* (): Generator<LogicalLine> {
    const line = joined.replace(/(^|\s+)#.*$/s, '').trim();
    if (line !== '') {
      yield { text: line, number: start };
    }
    joined = '';
    start = 0;
  };
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    start ||= index + 1;
    const isComment = /^\s*#/.test(line);
    if (!isComment && line.endsWith('\\')) {
      joined += line.slice(0, -1);
      continue;
    }
    // A comment ends a continuation.
    joined += isComment ? ` ${line.trimStart()}` : line;
    yield* finish();
  }
  yield* finish();
}
