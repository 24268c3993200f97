import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccountState } from './account-state.ts';
import type { FaultKind, FaultPlan } from './faults.ts';
import { imageAt } from './configuration/ui-customization.ts';
import type { KmsService } from './kms/kms-service.ts';
import { lambdaCallOf, type LambdaService } from './lambda/lambda-service.ts';
import { OPERATION_TABLE } from './operations/operation-table.ts';
import { categoryOf } from './quota-categories.ts';
import { parseRequest } from './request-reader.ts';
import { ServiceError } from './service-error.ts';
import { randomUuid } from './uuid.ts';
import type { WafService } from './wafv2/waf-service.ts';

export interface ServerParts {
  readonly account: AccountState;
  readonly faults: FaultPlan;
  readonly latencyMs: number;
  readonly kms: KmsService;
  readonly waf: WafService;
  readonly lambda: LambdaService;
  readonly handleS3: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

const TARGET_PREFIX = 'AWSCognitoIdentityProviderService.';
const KMS_PREFIX = 'TrentService.';
const WAF_PREFIX = 'AWSWAF_20190729.';

/** Serves Cognito, import uploads, UI images, statistics, KMS, WAF, Lambda and S3 behind one address. */
export function createSimulatorServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    route(parts, request, response).catch(() => {
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function route(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string' && target.startsWith(TARGET_PREFIX)) {
    await answerCognito(parts, target.slice(TARGET_PREFIX.length), { request, response });
  } else if (typeof target === 'string' && target.startsWith(KMS_PREFIX)) {
    const operation = target.slice(KMS_PREFIX.length);
    await answerService(parts, { request, response }, (body) => parts.kms.answer(operation, body));
  } else if (typeof target === 'string' && target.startsWith(WAF_PREFIX)) {
    await answerWaf(parts, target.slice(WAF_PREFIX.length), { request, response });
  } else if (request.url?.startsWith('/2015-03-31/functions/')) {
    await answerLambda(parts, { request, response });
  } else if (request.url?.startsWith('/_ui/')) {
    answerImage(parts, request.url, response);
  } else if (request.url?.startsWith('/_import/')) {
    await answerUpload(parts, request, response);
  } else if (request.url === '/_simulator/stats') {
    sendJson(parts.account, response, 200, parts.account.counters);
  } else {
    await parts.handleS3(request, response);
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answerCognito(parts: ServerParts, operation: string, { request, response }: Exchange): Promise<void> {
  const { account, faults, latencyMs } = parts;
  const body = await readBody(request);
  const fault = faults.next(operation);
  if (fault !== undefined) account.counters.countFault(fault);
  if (fault === 'stall') return;
  if (fault === 'reset-before') {
    request.socket.destroy();
    return;
  }
  if (fault === 'html-body') {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html><body><h1>502 Bad Gateway</h1></body></html>');
    return;
  }
  const answer = await answerTo(account, operation, { body, fault });
  if (latencyMs > 0) await delay(latencyMs);
  if (fault === 'reset-after') request.socket.destroy();
  else if (fault === 'truncated-body') sendTruncated(account, response, answer.body);
  else sendJson(account, response, answer.status, answer.body, answer.headers);
}

/** Answers for a service beside Cognito: no quotas, no latency. */
async function answerService(
  { account }: ServerParts,
  { request, response }: Exchange,
  answer: (body: string) => object,
): Promise<void> {
  try {
    sendJson(account, response, 200, answer(await readBody(request)));
  } catch (error) {
    const refusal = error instanceof ServiceError ? error : internalError(error);
    const body = { __type: refusal.name, message: refusal.message };
    sendJson(account, response, refusal.status, body, { 'x-amzn-errortype': refusal.name });
  }
}

async function answerWaf(parts: ServerParts, operation: string, exchange: Exchange): Promise<void> {
  const refuse = refusalFor(parts, operation);
  await answerService(parts, exchange, (body) => {
    refuse();
    return parts.waf.answer(operation, body);
  });
}

async function answerLambda(parts: ServerParts, exchange: Exchange): Promise<void> {
  const { method = '', url = '' } = exchange.request;
  const call = lambdaCallOf(method, url);
  const refuse = refusalFor(parts, call?.operation ?? '');
  await answerService(parts, exchange, (body) => {
    refuse();
    if (!call) throw new ServiceError('UnknownOperationException', 'The simulator knows GetPolicy and AddPermission');
    return parts.lambda.answer(call.operation, call.functionName, body);
  });
}

/** Draws the fault of a call; the function throws it where it is an answer of the service. */
function refusalFor({ account, faults }: ServerParts, operation: string): () => void {
  const fault = faults.next(operation);
  if (fault !== undefined) account.counters.countFault(fault);
  const refusal = fault && REFUSALS[fault];
  return () => {
    if (refusal) throw refusal();
  };
}

function answerImage({ account }: ServerParts, url: string, response: ServerResponse): void {
  const image = imageAt(account.pools, url);
  if (!image) {
    response.writeHead(404).end();
    return;
  }
  const type = image[0] === 0x89 ? 'image/png' : 'image/jpeg';
  response.writeHead(200, { 'content-type': type, 'content-length': image.length }).end(image);
}

export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What Cognito answers to one request, refusals included. */
export async function answerTo(
  account: AccountState,
  operation: string,
  { body, fault }: { readonly body: string; readonly fault?: FaultKind | undefined },
): Promise<Answer> {
  try {
    return { status: 200, body: await carryOut(account, operation, { body, fault }) };
  } catch (error) {
    const refusal = error instanceof ServiceError ? error : internalError(error);
    account.counters.countError(refusal.name);
    return {
      status: refusal.status,
      body: { __type: refusal.name, message: refusal.message },
      headers: { 'x-amzn-errortype': refusal.name },
    };
  }
}

async function carryOut(
  account: AccountState,
  operation: string,
  { body, fault }: { readonly body: string; readonly fault?: FaultKind | undefined },
): Promise<object> {
  account.counters.countCall(operation, categoryOf(operation), account.clock());
  const run = OPERATION_TABLE.get(operation);
  if (!run)
    throw new ServiceError('UnknownOperationException', `The simulator does not know the operation ${operation}`);
  const refusal = fault && REFUSALS[fault];
  if (refusal) throw refusal();
  const request = parseRequest(body);
  const poolId = request.body['UserPoolId'];
  try {
    account.quotas.admit(operation, typeof poolId === 'string' ? poolId : undefined);
  } catch (error) {
    account.counters.countThrottle(operation);
    throw error;
  }
  account.importJobs.advance();
  return run({ account, operation, request });
}

const REFUSALS: Readonly<Partial<Record<FaultKind, () => ServiceError>>> = {
  '429': () => new ServiceError('TooManyRequestsException', 'Rate exceeded'),
  '500': () => new ServiceError('InternalErrorException', 'Internal server error'),
  'access-denied': () =>
    new ServiceError('AccessDeniedException', 'User is not authorized to perform this operation on the resource'),
  'expired-token': () =>
    new ServiceError('ExpiredTokenException', 'The security token included in the request is expired'),
};

async function answerUpload(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = parts.faults.next('ImportUpload');
  if (fault !== undefined) parts.account.counters.countFault(fault);
  if (fault === 'stall') return;
  if (fault === '500') {
    request.resume();
    response.writeHead(500, { 'content-type': 'application/xml' }).end('<Error><Code>InternalError</Code></Error>');
  } else if (fault !== undefined) {
    request.socket.destroy();
  } else {
    await parts.account.importJobs.handleUpload(request, response);
  }
}

function sendJson(
  account: AccountState,
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { ...commonHeaders(account, text), ...headers }).end(text);
}

function sendTruncated(account: AccountState, response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(200, commonHeaders(account, text));
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}

function commonHeaders(account: AccountState, text: string): Record<string, string | number> {
  return {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUuid(account.requestRandom),
    date: new Date(account.clock()).toUTCString(),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function internalError(error: unknown): ServiceError {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ServiceError('InternalErrorException', `The simulator failed: ${detail}`);
}
