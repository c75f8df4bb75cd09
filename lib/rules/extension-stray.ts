import { programRule } from './program-rule';
import { isExtensionPath } from '../inspect/programs';

/** A file in `extensions` that is none of the layer's extensions: Lambda starts it all the same, and the function does not start. */
export const extensionStray = programRule('ExtensionStray', ({ path }, { declaredPrograms }) => (
  declaredPrograms === undefined || declaredPrograms.includes(path) || !isExtensionPath(path) ? undefined : {
    what: 'a file lies beside the extensions, and Lambda would start it as one of them',
    got: 'in none of `extensions`',
    allowed: declaredPrograms.join(', '),
    fix: 'move it out of the folder `extensions`, or name it in the layer\'s `extensions`',
  }
));
