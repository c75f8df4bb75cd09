import { RESERVED_VARIABLES } from '../../../lib/target/reserved-variables';

export interface EnvironmentOptions {
  readonly runtime: string;
  readonly name: string;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  /** Events at a time, on an instance of the user's account. */
  readonly maxConcurrency?: number;
  /** What the user set. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The environment that Lambda gives a function, but for what the emulator adds (its API's address, `_HANDLER`). */
export function lambdaEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { runtime, name, memorySize, timeoutSeconds, maxConcurrency, variables } = options;
  const reserved = Object.keys(variables).filter((one) => RESERVED_VARIABLES.includes(one));
  if (reserved.length > 0) {
    throw new Error(`Lambda refuses these environment variables, which it sets itself: ${reserved.join(', ')}`);
  }
  return {
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LD_LIBRARY_PATH: '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...searchPath(runtime),
    ...variables,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'no-secret-at-all',
    AWS_SESSION_TOKEN: 'no-session-at-all',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: maxConcurrency === undefined ? 'on-demand' : 'lambda-managed-instances',
    ...(maxConcurrency === undefined ? {} : { AWS_LAMBDA_MAX_CONCURRENCY: String(maxConcurrency) }),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/12/[$LATEST]0123456789abcdef0123456789abcdef',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: '/var/task',
  };
}

/** Where a language looks for modules. Python finds those of layers in another way: bootstrap.py. */
function searchPath(runtime: string): Record<string, string> {
  const major = /^nodejs(\d+)\.x$/.exec(runtime)?.[1];
  if (major === undefined) {
    return { PYTHONPATH: '/var/runtime' };
  }
  return { NODE_PATH: `/opt/nodejs/node${major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task` };
}
