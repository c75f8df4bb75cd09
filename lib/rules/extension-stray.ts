import { programRule, type ProgramLayer } from './program-rule';
import type { ManifestProgram } from '../inspect/manifest';
import { isExtensionPath, isStartable } from '../inspect/programs';

/** A file in `extensions` that is no extension: Lambda starts it all the same, and the function does not start. */
export const extensionStray = programRule('ExtensionStray', (program, layer) => isStray(program, layer) ? {
  what: 'a file in `extensions` is no extension, and Lambda would start it as one',
  got: layer.declaredPrograms === undefined ? 'neither executable nor a program' : 'none of the layer\'s `extensions`',
  allowed: layer.declaredPrograms?.filter(isExtensionPath).join(', ') || 'programs; folders below `extensions` may hold anything',
  fix: 'move it out of the folder `extensions`, or into a folder below it; hidden files such as .DS_Store count, too',
} : undefined);

/** Whether a file is an extension in nobody's eyes: the other rules have nothing to say of it. */
export function isStray(program: ManifestProgram, { declaredPrograms }: ProgramLayer): boolean {
  const isMeant = declaredPrograms?.includes(program.path) ?? (program.isExecutable || isStartable(program) || program.format === 'link');
  return isExtensionPath(program.path) && !isMeant;
}
