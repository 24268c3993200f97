import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ANSWERS,
  FAULTS_AFTER,
  type FaultAfter,
  type FaultBefore,
  type FaultKind,
  type RawAnswer,
} from './fault-kinds.ts';

/** One fault of the script: what happens to the `nth` request of an operation, counted from 1 since it was armed. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** Cognito's name, or `ImportUpload`; absent: any. */
  readonly operation?: string;
  readonly nth: number;
  /** How many requests from there on; default 1. */
  readonly times?: number;
  /** Only requests signed by this access key. */
  readonly accessKeyId?: string;
  /** Instead of what the kind answers; told what was asked. */
  readonly answer?: (body: string) => RawAnswer;
}

/** Stands between the SDK and the simulator and breaks what its script says. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Operations of the requests that arrived since the last `reset`, in order, broken ones included. */
  readonly arrived: readonly string[];
  /** How many faults came about since the last `reset`. */
  fired(): number;
  arm(...faults: readonly PlannedFault[]): void;
  /** Forgets script and counts. */
  reset(): void;
  stop(): Promise<void>;
}

interface Armed {
  readonly fault: PlannedFault;
  seen: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Starts it on a free port of 127.0.0.1, before the server at `target`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const arrived: string[] = [];
  let armed: Armed[] = [];
  let fired = 0;
  let endpoint = '';

  const nextFault = (operation: string, request: IncomingMessage): PlannedFault | undefined => {
    let fault: PlannedFault | undefined;
    for (const one of armed) {
      const { operation: wanted = operation, nth, times = 1, accessKeyId = '' } = one.fault;
      if (wanted !== operation || !(request.headers.authorization ?? '').includes(accessKeyId)) continue;
      one.seen += 1;
      if (one.seen >= nth && one.seen < nth + times) fault ??= one.fault;
    }
    return fault;
  };

  const handle = async ({ request, response }: Exchange): Promise<void> => {
    const operation = nameOf(request);
    arrived.push(operation);
    const fault = nextFault(operation, request);
    const kind = fault?.kind;
    if (kind !== undefined) fired += 1;
    const body = await readAll(request);
    if (fault?.answer) return answerInstead(fault.answer(body), response);
    if (kind !== undefined && !isAfter(kind)) return breakBefore(kind, { request, response });
    const answer = await pass(request, body, target, agent);
    // The addresses for uploads lead through here, too.
    const rewritten = { ...answer, body: answer.body.replaceAll(target, endpoint) };
    if (kind === undefined) send(response, rewritten);
    else breakAfter(kind, rewritten, { request, response });
  };

  const server = createServer((request, response) => {
    // The simulator's clock is not this machine's: an answer dated otherwise would look like clock skew.
    response.sendDate = false;
    handle({ request, response }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    arrived,
    fired: () => fired,
    arm: (...faults) => armed.push(...faults.map((fault) => ({ fault, seen: 0 }))),
    reset: () => {
      armed = [];
      fired = 0;
      arrived.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}

function nameOf(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? '';
  return request.url?.startsWith('/_import/') ? 'ImportUpload' : `${request.method} ${request.url}`;
}

function isAfter(kind: FaultKind): kind is FaultAfter {
  return (FAULTS_AFTER as readonly FaultKind[]).includes(kind);
}

function breakBefore(kind: FaultBefore, { request, response }: Exchange): void {
  const answer = ANSWERS[kind];
  if (kind === 'reset-before') request.socket.resetAndDestroy();
  else if (answer) answerInstead(answer, response);
}

function answerInstead({ status, type, body, headers }: RawAnswer, response: ServerResponse): void {
  const facts = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...facts, ...headers }).end(body);
}

function breakAfter(kind: FaultAfter, answer: Answer, { request, response }: Exchange): void {
  const { socket } = request;
  const half = answer.body.slice(0, Math.floor(answer.body.length / 2));
  switch (kind) {
    case 'reset-after':
      socket.resetAndDestroy();
      return;
    case 'stall-after':
      return;
    case 'stall-body':
      socket.write(rawAnswer(answer, Buffer.byteLength(answer.body) + 1, half));
      return;
    case 'truncated-body':
      socket.end(rawAnswer(answer, Buffer.byteLength(answer.body) + 1, half));
      return;
    case 'cut-json':
      socket.end(rawAnswer(answer, Buffer.byteLength(half), half));
      return;
    case 'length-short':
      // Lengths that lie about the body, on a connection that stays open.
      socket.write(rawAnswer(answer, Buffer.byteLength(half), `${answer.body} `, 'keep-alive'));
      return;
    case 'length-long':
      socket.end(rawAnswer(answer, Buffer.byteLength(answer.body) + 100, answer.body));
      return;
    case 'empty-after':
      send(response, { ...answer, body: '' });
      return;
    case 'internal-error-after':
      breakBefore('internal-error', { request, response });
      return;
    case 'http-504-html-after':
      breakBefore('http-502-html', { request, response });
      return;
    default:
      kind satisfies never;
  }
}

function rawAnswer({ status, headers }: Answer, length: number, body: string, connection = 'close'): string {
  const head = [
    `HTTP/1.1 ${status} Answer`,
    `content-type: ${headers['content-type'] ?? 'text/plain'}`,
    `date: ${headers.date ?? new Date(0).toUTCString()}`,
    `content-length: ${length}`,
    `connection: ${connection}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const { 'transfer-encoding': _whole, ...kept } = headers;
  response.writeHead(status, { ...kept, 'content-length': Buffer.byteLength(body) }).end(body);
}

async function pass(request: IncomingMessage, body: string, target: string, agent: Agent): Promise<Answer> {
  const { method, headers, url } = request;
  const onward = forward(new URL(url ?? '/', target), { method, headers, agent });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    onward.once('response', resolve);
    onward.once('error', reject);
  });
  onward.end(body);
  const answer = await answered;
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await readAll(answer) };
}

async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
