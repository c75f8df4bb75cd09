import { isStray } from './extension-stray';
import { programRule } from './program-rule';
import { isExtensionPath, isStartable } from '../inspect/programs';

/**
 * A program that cannot register, or does so by another name. Lambda: "Extension.Crash", a timeout of the init, or
 * "ShutdownEventNotSupportedForInternalExtension". What wraps the runtime has no need to.
 */
export const extensionRegistration = programRule('ExtensionRegistration', (program, layer) => {
  const { path, mentionsRegistration, registersAs } = program;
  const name = path.slice(path.indexOf('/') + 1);
  if (!isExtensionPath(path) || !isStartable(program) || isStray(program, layer)) {
    return undefined;
  }
  if (!mentionsRegistration) {
    return {
      what: 'an extension never registers: Lambda waits for it, and the function does not start',
      got: 'nothing in it, nor in the layer beside it, names the header `Lambda-Extension-Name`',
      allowed: 'a program that registers by POST /2020-01-01/extension/register and then asks for its next event',
      fix: 'let it register, or acknowledge this when the header\'s name is put together, or comes from another layer',
    };
  }
  return registersAs === undefined || registersAs === name ? undefined : {
    what: 'an extension registers by another name than its file has: Lambda takes it for one inside the runtime',
    got: `registers as ${registersAs}`,
    allowed: name,
    fix: `send \`Lambda-Extension-Name: ${name}\`, best from the name that it was started by, or give it \`name: '${registersAs}'\``,
  };
});
