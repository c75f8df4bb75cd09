import { type Stack, type App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AuthKey, AuthUtilsLayer, LayerTesting, type AuthUtilsLayerProps } from '../../../lib';
import { newStack } from '../support';

/** A stack whose layers are stubs: nothing here is about bytes. */
export function stubStack(props: AppProps = {}): Stack {
  return newStack({ ...props, context: { ...LayerTesting.stubContext(), ...props.context } });
}

export function authLayer(stack: Stack, props: Partial<AuthUtilsLayerProps> = {}, id = 'Auth'): AuthUtilsLayer {
  return new AuthUtilsLayer(stack, id, { key: AuthKey.environment('JWT_SECRET'), ...props });
}

/** The settings that the only function of a stack gets, as far as they are written out. */
export function settingsOf(stack: Stack): Record<string, unknown> {
  const { AUTH_UTILS_CONFIG: config } = variablesOf(stack);
  return JSON.parse(typeof config === 'string' ? config : joined(config)) as Record<string, unknown>;
}

export function variablesOf(stack: Stack): Record<string, unknown> {
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return resource.Properties.Environment?.Variables ?? {};
}

/** What is only known at deployment is its reference in angle brackets. */
function joined(value: unknown): string {
  const parts = (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return parts.map((part) => typeof part === 'string' ? part : `<${JSON.stringify(part).replace(/["{}[\]]/g, '')}>`).join('');
}

/** Statements of the only policy of a stack, as action, resource pairs; without a policy there are none. */
export function statementsOf(stack: Stack): { readonly actions: unknown; readonly resource: unknown }[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).flatMap((policy) =>
    (policy.Properties.PolicyDocument.Statement as { Action: unknown; Resource: unknown }[])
      .map(({ Action, Resource }) => ({ actions: Action, resource: Resource })));
}

export function appOf(stack: Stack): App {
  return stack.node.root as App;
}
