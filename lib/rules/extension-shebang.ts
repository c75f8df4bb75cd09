import { isStray } from './extension-stray';
import { programRule, type ProgramFault } from './program-rule';
import type { ManifestProgram } from '../inspect/manifest';
import { isStartable, SHEBANG_BYTES } from '../inspect/programs';

/** `#!` before it and a line feed after it are among the bytes that are read. */
const MAX_SHEBANG = SHEBANG_BYTES - 3;

const START = {
  what: 'Lambda cannot start a program',
  allowed: 'an ELF program, or a script whose first bytes are `#!` and the absolute path of its interpreter',
};

/** What is wrong with a file that is neither, by its format. */
const FORMATS: Readonly<Record<string, Pick<ProgramFault, 'got' | 'fix'>>> = {
  empty: { got: 'an empty file', fix: 'put the program there; what is no extension must lie elsewhere' },
  bom: { got: 'a byte order mark before the `#!`', fix: 'save the script as UTF-8 without a byte order mark' },
  macos: { got: 'a program for macOS', fix: 'build it for Linux, with Go by GOOS=linux' },
  windows: { got: 'a program for Windows', fix: 'build it for Linux, with Go by GOOS=linux' },
  link: { got: 'a link that leads to no file of the layer', fix: 'let the link lead to a program of the layer, or put the program there' },
  unknown: {
    got: 'neither machine code nor a script with a shebang',
    fix: 'begin the script with a line such as `#!/bin/sh`; what is no extension must lie elsewhere',
  },
};

/** A program that the system cannot start. Lambda: "exec format error", "no such file or directory". */
export const extensionShebang = programRule('ExtensionShebang', (program, layer) => (
  isStray(program, layer) ? undefined : isStartable(program) ? shebangFault(program) : { ...START, ...FORMATS[program.format] ?? FORMATS.unknown }
));

/** What is wrong with the first line of a script, whatever is there to start it. */
export function shebangFault({ format, interpreter = '' }: ManifestProgram): ProgramFault | undefined {
  if (format !== 'script') {
    return undefined;
  }
  const got = JSON.stringify(`#!${interpreter}`);
  if (interpreter.length > MAX_SHEBANG) {
    return {
      what: 'the first line of a script is longer than the system reads',
      got: `${got} and more`,
      allowed: `at most ${MAX_SHEBANG} characters after the \`#!\``,
      fix: 'name an interpreter with a shorter path, and fewer arguments',
    };
  }
  if (interpreter.includes('\r')) {
    return {
      what: 'the first line of a script ends with a carriage return, which the system takes for a part of the interpreter\'s name',
      got,
      allowed: 'lines that end with a line feed alone',
      fix: 'save the script with Unix line ends; `*.sh text eol=lf` in .gitattributes keeps them',
    };
  }
  if (!interpreter.startsWith('/')) {
    return {
      what: 'the shebang of a script names no absolute path',
      got,
      allowed: 'an absolute path, such as `#!/bin/sh` or `#!/usr/bin/env python3`',
      fix: 'write the whole path of the interpreter',
    };
  }
  // The system hands over all that stands behind the interpreter as one argument.
  const [, argument] = /^\/(?:usr\/)?bin\/env(?:[ \t]+(.*))?$/.exec(interpreter) ?? ['', 'python3'];
  return argument !== undefined && (argument.startsWith('-') || !/[ \t]/.test(argument)) ? undefined : {
    what: 'the shebang of a script gives env no program that it could find',
    got,
    allowed: '`#!/usr/bin/env NAME`, or with arguments `#!/usr/bin/env -S NAME ARGUMENTS`',
    fix: 'name one program, or put `-S` before it, which Amazon Linux 2023 knows: without it, env looks for one whose name has the spaces in it',
  };
}
