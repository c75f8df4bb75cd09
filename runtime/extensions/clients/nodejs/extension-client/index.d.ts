/**
 * Reads the secrets, parameters and configurations that SecretsExtension and ConfigExtension keep beside the function. A value is read over
 * loopback in less than a millisecond, and is what its service has, as new as the extension's property `refresh` says.
 */

/**
 * A secret's value, a Buffer for a binary one.
 *
 * @param secretId the ARN or the name
 * @param stage AWSPREVIOUS for the value before the last rotation. @default AWSCURRENT
 * @throws ExtensionError
 */
export function getSecret(secretId: string, stage?: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<string | Buffer>;

/**
 * A parameter's value, decrypted.
 *
 * @throws ExtensionError
 */
export function getParameter(name: string): Promise<string>;

/**
 * A configuration of AppConfig: parsed when it is JSON, else a string. All three are ids.
 *
 * @throws ExtensionError
 */
export function getConfiguration(application: string, environment: string, profile: string): Promise<any>;

/** A value cannot be had. */
export class ExtensionError extends Error {
  /** The service's, as in AccessDeniedException, or the extension's own. */
  readonly code: string;
  /** Of HTTP, when there was an answer. */
  readonly status?: number;
}
