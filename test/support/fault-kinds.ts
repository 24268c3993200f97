/** What a fault does instead of handing the request on. Nothing takes effect. */
export const FAULTS_BEFORE = [
  'throttle',
  'limit-exceeded',
  'internal-error',
  'http-500-empty',
  'http-502-html',
  'http-503-text',
  'http-504-json',
  'reset-before',
  'stall-before',
  'not-json',
  'empty-200',
  'html-200',
  'html-403',
  'redirect-302',
  'foreign-json-403',
  'expired-token',
  'unrecognized-client',
  'invalid-signature',
] as const;

/** What a fault does to the answer. The request took effect. */
export const FAULTS_AFTER = [
  'reset-after',
  'stall-after',
  'stall-body',
  'truncated-body',
  'cut-json',
  'length-short',
  'length-long',
  'empty-after',
  'internal-error-after',
  'http-504-html-after',
] as const;

export type FaultBefore = (typeof FAULTS_BEFORE)[number];
export type FaultAfter = (typeof FAULTS_AFTER)[number];
export type FaultKind = FaultBefore | FaultAfter;

export const FAULT_KINDS: readonly FaultKind[] = [...FAULTS_BEFORE, ...FAULTS_AFTER];

/** The kinds that give no answer, or no end of one: somebody has to give up. */
export const STALLS: ReadonlySet<FaultKind> = new Set(['stall-before', 'stall-after', 'stall-body']);

export interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const HTML =
  '<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body><h1>Hello</h1></body></html>';

/** What stands in for the answer of the service; kinds that answer nothing are absent. */
export const ANSWERS: { readonly [Kind in FaultBefore]?: RawAnswer } = {
  throttle: refusal(400, 'TooManyRequestsException', 'Rate exceeded'),
  'limit-exceeded': refusal(400, 'LimitExceededException', 'Limit exceeded'),
  'internal-error': refusal(500, 'InternalErrorException', 'Internal server error'),
  'http-500-empty': { status: 500, type: 'text/plain', body: '' },
  'http-502-html': { status: 502, type: 'text/html', body: HTML },
  'http-503-text': { status: 503, type: 'text/plain', body: 'upstream connect error' },
  'http-504-json': { status: 504, type: 'application/json', body: '{"message":"Endpoint request timed out"}' },
  'not-json': { status: 200, type: 'application/x-amz-json-1.1', body: 'OK, that is done' },
  'empty-200': { status: 200, type: 'application/x-amz-json-1.1', body: '' },
  'html-200': { status: 200, type: 'text/html', body: HTML },
  'html-403': { status: 403, type: 'text/html', body: HTML },
  'redirect-302': {
    status: 302,
    type: 'text/html',
    body: HTML,
    headers: { location: 'http://127.0.0.1:9/sign-in' },
  },
  'foreign-json-403': { status: 403, type: 'application/json', body: '{"message":"Forbidden"}' },
  'expired-token': refusal(400, 'ExpiredTokenException', 'The security token included in the request is expired'),
  'unrecognized-client': refusal(400, 'UnrecognizedClientException', 'The security token is invalid.'),
  'invalid-signature': refusal(400, 'InvalidSignatureException', 'The request signature does not match.'),
};

function refusal(status: number, name: string, message: string): RawAnswer {
  const body = JSON.stringify({ __type: name, message });
  return { status, type: 'application/x-amz-json-1.1', body, headers: { 'x-amzn-errortype': name } };
}
