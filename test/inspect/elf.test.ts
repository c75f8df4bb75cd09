import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { buildElf, type ElfSpec } from './build-elf';
import { filesIn, installWheels, makeFolder, removeFolders, testWith } from './support';
import { readElf, type ElfFacts } from '../../lib/inspect/elf';
import { findUv } from '../resolve/support';

const uv = findUv();
const describeWithUv = uv === undefined ? describe.skip : describe;

const X86_64: ElfSpec = { is64: true, littleEndian: true, machine: 62, versions: ['GLIBC_2.2.5', 'GLIBC_2.17', 'GLIBC_2.9'] };

afterAll(removeFolders);

test.each([[true, true], [true, false], [false, true], [false, false]])('reads every layout: 64 bit %s, little endian %s', (is64, littleEndian) => {
  expect(readElf(buildElf({ ...X86_64, is64, littleEndian }))).toEqual({ machine: 'x86_64', glibc: '2.17' });
});

test.each([[62, 'x86_64'], [183, 'arm64'], [3, 'unknown-3'], [243, 'unknown-243']])('machine %d is %s', (machine, name) => {
  expect(readElf(buildElf({ ...X86_64, machine }))?.machine).toBe(name);
});

test.each<[string[], string | undefined]>([
  [['GLIBC_2.2.5', 'GLIBC_2.2'], '2.2.5'],
  [['GLIBC_2.34', 'GLIBC_2.4', 'GLIBC_2.5'], '2.34'],
  [['GLIBC_3.0', 'GLIBC_2.99'], '3.0'],
  [['GLIBC_PRIVATE', 'GLIBCXX_3.4.30', 'GCC_3.0', 'CXXABI_1.3', 'GLIBC_ABI_DT_RELR'], undefined],
  [[], undefined],
])('the highest of %j is %s', (versions, glibc) => {
  expect(readElf(buildElf({ ...X86_64, versions }))).toEqual({ machine: 'x86_64', ...(glibc === undefined ? {} : { glibc }) });
});

test.each([
  ['nothing', ''], ['text', '#!/bin/sh\n'], ['only the magic', '\x7fELF'], ['an impossible class', '\x7fELF\x03\x01'],
  ['an impossible byte order', '\x7fELF\x02\x00'], ['another magic', '\x7fELG\x02\x01'],
])('%s is no ELF file', (_what, content) => {
  expect(readElf(Buffer.from(content, 'latin1'))).toBeUndefined();
});

function expectSane(facts: ElfFacts | undefined): void {
  expect(facts?.machine ?? 'unknown-0').toMatch(/^(x86_64|arm64|unknown-\d+)$/);
  expect(facts?.glibc ?? '2.0').toMatch(/^\d+(\.\d+)+$/);
}

test('never fails, whatever follows the magic', () => {
  const start = fc.constantFrom('\x7fELF\x01\x01', '\x7fELF\x01\x02', '\x7fELF\x02\x01', '\x7fELF\x02\x02');
  fc.assert(fc.property(start, fc.uint8Array({ maxLength: 400 }), (magic, rest) => {
    expectSane(readElf(Buffer.concat([Buffer.from(magic, 'latin1'), rest])));
  }), { numRuns: 2000 });
});

test('never fails on a file that was cut off and overwritten in places, read from memory or from disk alike', () => {
  const file = path.join(makeFolder(), 'damaged');
  const damage = fc.array(fc.tuple(fc.nat(400), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255))), { maxLength: 6 });
  fc.assert(fc.property(fc.boolean(), fc.boolean(), fc.nat(450), damage, (is64, littleEndian, length, changes) => {
    const bytes = buildElf({ ...X86_64, is64, littleEndian });
    changes.filter(([at]) => at > 5 && at < bytes.length).forEach(([at, value]) => { bytes[at] = value; });
    fs.writeFileSync(file, bytes.subarray(0, length));
    const facts = readElf(bytes.subarray(0, length));
    expectSane(facts);
    expect(readElf(file)).toEqual(facts);
  }), { numRuns: 500 });
});

/** What binutils says of the versions that a file needs. */
function highestByReadelf(file: string): string | undefined {
  const output = execFileSync('readelf', ['-VW', file], { maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  const needs = output.split('Version needs section')[1] ?? '';
  const versions = [...needs.matchAll(/Name: GLIBC_([\d.]+)/g)].map((match) => match[1]);
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function machineByReadelf(file: string): string | undefined {
  const machine = /Machine:\s+(.*)/.exec(execFileSync('readelf', ['-hW', file]).toString())?.[1];
  return machine === 'AArch64' ? 'arm64' : machine === 'Advanced Micro Devices X86-64' ? 'x86_64' : machine;
}

describeWithUv('real wheels (needs uv)', () => {
  testWith('readelf').each(['x86_64', 'aarch64'] as const)('of %s are read as readelf reads them, and only ELF files are', (machine) => {
    const folder = installWheels(uv!, machine, '3.13', ['cryptography', 'cffi', 'psycopg2-binary', 'markupsafe']);
    const read = filesIn(folder).flatMap((file) => {
      const facts = readElf(file);
      return facts === undefined ? [] : [{ file, facts }];
    });
    const expected = filesIn(folder).filter((file) => fs.readFileSync(file).subarray(0, 4).toString('latin1') === '\x7fELF').map((file) => {
      const glibc = highestByReadelf(file);
      return { file, facts: { machine: machineByReadelf(file), ...(glibc === undefined ? {} : { glibc }) } };
    });
    expect(read).toEqual(expected);
    expect(read.length).toBeGreaterThan(15);
    expect(new Set(read.map(({ facts }) => facts.glibc)).size).toBeGreaterThan(1);
  });
});
