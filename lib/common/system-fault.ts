import type { Fault } from './fault';

/** What the operating system refused, as something a user can mend; undefined for errors of any other kind. */
export function systemFault(error: unknown): Fault | undefined {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const got = [path ?? '', `(${code}${syscall === undefined ? '' : ` in ${syscall}`})`].join(' ').trim();
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return {
        what: 'a file or folder may not be used',
        got,
        allowed: 'what the user who runs the synth may read, and where it is written to, write',
        fix: 'change its permissions, or its owner',
      };
    case 'ENOSPC':
    case 'EDQUOT':
      return { what: 'the disk is full', got, fix: 'free some space, or put the cache elsewhere with CDK_LAMBDA_LAYERS_CACHE' };
    case 'EROFS':
      return { what: 'a folder cannot be written', got, fix: 'put the cache elsewhere with CDK_LAMBDA_LAYERS_CACHE' };
    case 'EMFILE':
    case 'ENFILE':
      return { what: 'too many files are open', got, fix: 'raise the limit (`ulimit -n`)' };
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return { what: 'a file or folder cannot be found', got, fix: 'look whether something removed it meanwhile, then synthesise again' };
    default:
      return undefined;
  }
}
