import { programRule } from './program-rule';

/** An extension that may not be executed. Lambda: "fork/exec /opt/extensions/…: permission denied". */
export const extensionMode = programRule('ExtensionMode', ({ isExecutable }) => isExecutable ? undefined : {
  what: 'Lambda starts every file in `extensions`, and this one may not be executed',
  got: 'no permission to execute it',
  allowed: 'mode 0755',
  fix: 'run `chmod +x` on it before the layer is zipped, or put it into an `ExtensionLayer`, which does it; what is no extension must lie elsewhere',
});
