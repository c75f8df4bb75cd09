import { programRule, type ProgramFault } from './program-rule';
import type { ManifestProgram } from '../inspect/manifest';

/** An extension that is neither a program nor a script that the system can start. Lambda: "exec format error", "no such file or directory". */
export const extensionShebang = programRule('ExtensionShebang', (program) => faultOf(program));

function faultOf({ format, interpreter }: ManifestProgram): ProgramFault | undefined {
  if (format === 'unknown') {
    return {
      what: 'Lambda starts every file in `extensions`, and cannot start this one',
      got: 'neither machine code nor a script with a shebang',
      allowed: 'an ELF program, or a script whose first bytes are `#!` and the absolute path of its interpreter',
      fix: 'begin the script with a line such as `#!/bin/sh`; what is no extension must lie elsewhere',
    };
  }
  if (interpreter?.includes('\r') === true) {
    return {
      what: 'the first line of an extension ends with a carriage return, which the system takes for a part of the interpreter\'s name',
      got: JSON.stringify(`#!${interpreter}`),
      allowed: 'lines that end with a line feed alone',
      fix: 'save the script with Unix line ends; `*.sh text eol=lf` in .gitattributes keeps them',
    };
  }
  return format === 'elf' || interpreter?.startsWith('/') === true ? undefined : {
    what: 'the shebang of an extension names no absolute path',
    got: JSON.stringify(`#!${interpreter}`),
    allowed: 'an absolute path, such as `#!/bin/sh` or `#!/usr/bin/env python3`',
    fix: 'write the whole path of the interpreter',
  };
}
