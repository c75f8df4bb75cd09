/**
 * Layers that AWS publishes and that have an extension, by their names: functions may have ten extensions, whoever wrote them.
 */
export const EXTENSION_LAYERS: readonly RegExp[] = [
  /^LambdaInsightsExtension(?:-Arm64)?$/,
  /^AWS-Parameters-and-Secrets-Lambda-Extension(?:-Arm64)?$/,
  /^AWS-AppConfig-Extension(?:-Arm64)?$/,
  /^aws-otel-(?!.*agentless)[a-z-]+-(?:amd64|arm64)-ver-/,
];

/** Layers that need the function's runtime to be started through a wrapper of theirs. */
export const WRAPPER_LAYERS: readonly RegExp[] = [/^aws-otel-(?!collector)/, /^AWSOpenTelemetryDistro/];
