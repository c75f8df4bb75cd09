/**
 * The environment variable that names what a runtime is started through.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
 */
export const EXEC_WRAPPER = 'AWS_LAMBDA_EXEC_WRAPPER';
