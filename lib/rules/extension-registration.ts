import { programRule } from './program-rule';
import { isExtensionPath } from '../inspect/programs';

/**
 * A program that cannot register, or does so by another name. Lambda: "Extension.Crash", a timeout of the init, or
 * "ShutdownEventNotSupportedForInternalExtension".
 */
export const extensionRegistration = programRule('ExtensionRegistration', ({ path, format, mentionsRegistration, registersAs }) => {
  const name = path.slice(path.indexOf('/') + 1);
  if (!isExtensionPath(path) || format === 'unknown') {
    return undefined;
  }
  if (!mentionsRegistration) {
    return {
      what: 'an extension never registers: Lambda waits for it, and the function does not start',
      got: 'nothing in it, nor in the layer beside it, names the header `Lambda-Extension-Name`',
      allowed: 'a program that registers by POST /2020-01-01/extension/register and then asks for its next event',
      fix: 'let it register, or acknowledge this when the header\'s name is put together or packed',
    };
  }
  return registersAs === undefined || registersAs === name ? undefined : {
    what: 'an extension registers by another name than its file has: Lambda takes it for one inside the runtime',
    got: `registers as ${registersAs}`,
    allowed: name,
    fix: `send \`Lambda-Extension-Name: ${name}\`, best from the name that it was started by, or give it that \`name\``,
  };
});
