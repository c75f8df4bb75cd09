import { Token, type IResolvable, type IResolveContext } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction, IFunctionRef, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { functionResource } from './attach';
import { renderFaults, type Fault } from '../common/fault';

/** What a function gets together with a layer. */
export interface Wiring {
  readonly environment: Readonly<Record<string, string>>;
  /** Runtimes that the layer serves; undefined for any. */
  readonly runtimes?: readonly Runtime[];
  /** Undefined when no permission is needed. */
  readonly access?: Access;
}

/** Permissions that functions need. */
export interface Access {
  /** What for, in the words of a message. */
  readonly what: string;
  /** The layer's method that grants it to a role. */
  readonly method: string;
  readonly grant: (grantee: IGrantable) => void;
}

type Variables = Readonly<Record<string, unknown>>;

/** Says of every function that cannot be wired why, before any is changed. What cannot even take layers is left to attaching. */
export function checkWiring(layer: IConstruct, functions: readonly IFunctionRef[], wiring: Wiring): void {
  const faults = functions.flatMap((fn) => {
    const resource = functionResource(fn);
    return resource === undefined ? [] : wiringFaults(resource, wiring);
  });
  if (faults.length > 0) {
    throw new Error(renderFaults(layer.node.path, faults));
  }
}

/** Gives functions what was checked before. */
export function wire(functions: readonly IFunctionRef[], { environment, access }: Wiring): void {
  for (const resource of functions.map(functionResource).filter((one) => one !== undefined)) {
    const fn = functionOf(resource);
    if (fn === undefined) {
      resource.environment = { variables: { ...variablesOf(resource) as Record<string, string>, ...environment } };
    } else {
      Object.entries(environment).forEach(([name, value]) => fn.addEnvironment(name, value));
      access?.grant(fn);
    }
  }
}

function wiringFaults(resource: CfnFunction, { environment, runtimes, access }: Wiring): Fault[] {
  const place = (functionOf(resource) ?? resource).node.path;
  const served = runtimes?.map(({ name }) => name);
  const { runtime } = resource;
  const faults: Fault[] = [];
  if (served !== undefined && runtime !== undefined && !Token.isUnresolved(runtime) && !served.includes(runtime)) {
    faults.push({
      what: 'the layer does not serve the runtime of the function', got: `${place}: ${runtime}`, allowed: served.join(', '),
      fix: 'take one of these; the layer\'s `compatibleRuntimes` can name others that its code runs on',
    });
  }
  if (access !== undefined && functionOf(resource) === undefined) {
    faults.push({
      what: `the function cannot be granted ${access.what}`,
      got: `${place}: a CfnFunction, whose role is not known here`,
      allowed: 'lambda.Function',
      fix: `use \`layers\`, the layer's \`environment\` and \`${access.method}(role)\` instead of \`attachTo\``,
    });
  }
  const variables = variablesOf(resource);
  if (variables === undefined) {
    faults.push({
      what: 'the environment of the function is only known at deployment', got: place, allowed: 'variables that are written out',
      fix: 'put the layer\'s `environment` into it, and give the layer by `layers`',
    });
  }
  const conflicts = Object.entries(environment).filter(([name, value]) => variables?.[name] !== undefined && variables[name] !== value);
  // The values may be secrets.
  return [...faults, ...conflicts.map(([name]) => ({
    what: `the function has another ${name} in its environment already`, got: place, allowed: 'the one of this layer',
    fix: `put what both need into one layer, where another layer's \`attachTo\` has set it; else take ${name} out of the function's \`environment\``,
  }))];
}

/** The construct around an L1, with the environment and role that people work with. */
function functionOf(resource: CfnFunction): LambdaFunction | undefined {
  const fn = resource.node.scope as Partial<LambdaFunction> | undefined;
  return typeof fn?.addEnvironment === 'function' && resource.node.id === 'Resource' ? fn as LambdaFunction : undefined;
}

/**
 * The variables of a function as they were written, tokens and all; undefined when they cannot be known. CDK's functions render them late, by a
 * lazy value that may be asked any number of times. What is inside stays as it is: CDK would keep what lazy values are now.
 */
function variablesOf(resource: CfnFunction): Variables | undefined {
  const { environment } = resource;
  const isLate = Token.isUnresolved(environment);
  const rendered: unknown = isLate ? (environment as IResolvable).resolve(undefined as unknown as IResolveContext) : environment;
  const { variables = {}, ...others } = (rendered ?? {}) as { variables?: unknown };
  return Object.keys(others).length === 0 && typeof variables === 'object' && !Token.isUnresolved(variables) ? variables as Variables : undefined;
}
