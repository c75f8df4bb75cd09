import { isStray } from './extension-stray';
import { programRule } from './program-rule';

/** An extension that may not be executed. Lambda: "fork/exec /opt/extensions/…: permission denied". */
export const extensionMode = programRule('ExtensionMode', (program, layer) => (
  program.isExecutable || program.format === 'link' || isStray(program, layer) ? undefined : {
    what: 'Lambda cannot start a program that not everyone may execute',
    got: 'no permission to execute it',
    allowed: 'mode 0755',
    fix: 'run `chmod 0755` on it before the layer is zipped, or put it into an `ExtensionLayer`, which does it',
  }
));
