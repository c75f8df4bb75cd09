import type { IConstruct } from 'constructs';
import { assemblyOf } from './assembly';
import { checkAssembly } from './check-assembly';

const INSTALLED = Symbol.for('cdk-lambda-layers.rules');

/**
 * Has the rules run when the assembly of a construct is synthesised, once however many layers it has. A rule on the app alone would not see
 * into its stages. The mark is on the construct: two copies of the library in one app do not check twice.
 */
export function installRules(scope: IConstruct): void {
  const root = assemblyOf(scope);
  if (INSTALLED in root) {
    return;
  }
  Object.defineProperty(root, INSTALLED, { value: true });
  root.node.addValidation({ validate: () => checkAssembly(root) });
}
