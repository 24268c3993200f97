import {
  createServer as createHttpServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Stands in front of the simulator and can withhold one request or its answer: the moment to kill the other side. */
export interface HoldingProxy {
  readonly endpoint: string;
  /** What passed: the operation of Cognito, or method and path for S3. */
  readonly passed: readonly string[];
  /**
   * Withholds the `nth` request from now on whose name matches: `before` it reaches the simulator, or `after` it was carried
   * out there. Resolves when that has happened; the request is never answered.
   */
  hold(name: string | RegExp, nth: number, when: 'before' | 'after'): Promise<void>;
  stop(): Promise<void>;
}

export interface HoldingProxyOptions {
  /** Speaks TLS to its clients. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface Hold {
  readonly name: string | RegExp;
  readonly when: 'before' | 'after';
  readonly reached: () => void;
  left: number;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startHoldingProxy(target: string, options: HoldingProxyOptions = {}): Promise<HoldingProxy> {
  let hold: Hold | undefined;
  const passed: string[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const name = nameOf(request);
    passed.push(name);
    const held = hold && matches(name, hold.name) && (hold.left -= 1) === 0 ? hold : undefined;
    if (held?.when === 'before') return held.reached();
    const onward = forward(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers });
    onward.on('response', (answer) => {
      if (held) {
        answer.resume().on('end', held.reached);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  };
  const server = options.tls ? createHttpsServer(options.tls, handle) : createHttpServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    passed,
    hold: (name, nth, when) =>
      new Promise((resolve) => {
        hold = { name, when, left: nth, reached: resolve };
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function nameOf(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  return typeof target === 'string' ? (target.split('.').at(-1) ?? '') : `${request.method} ${request.url}`;
}

function matches(name: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? name === wanted : wanted.test(name);
}
