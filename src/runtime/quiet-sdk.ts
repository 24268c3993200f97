/**
 * Keeps the AWS SDK from warning, on Node below 22, that its releases of 2027 will want a newer one: our users cannot act on
 * it. Only that warning; call it before the first client is made. The SDK's own switch, read in 3.1169.
 */
export function silenceSdkNodeVersionWarning(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}
