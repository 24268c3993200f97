import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in front of S3 and loses answers to requests that were carried out. */
export interface DroppingProxy {
  readonly endpoint: string;
  /**
   * Loses the answer to the next `times` requests whose method and path match, or from now on to every `every`-th of them;
   * `meanwhile` runs between a request and its loss. Answers how many were lost so far.
   */
  drop(name: RegExp, options?: DropOptions): () => number;
  stop(): Promise<void>;
}

export interface DropOptions {
  readonly times?: number;
  readonly every?: number;
  readonly meanwhile?: () => void;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startDroppingProxy(target: string): Promise<DroppingProxy> {
  let rule: { readonly name: RegExp; readonly options: DropOptions; seen: number; lost: number } | undefined;
  const server = createServer((request, response) => {
    const matched = rule?.name.test(`${request.method} ${request.url}`) ? rule : undefined;
    if (matched) matched.seen += 1;
    const current = matched && isLost(matched.seen, matched.options) ? matched : undefined;
    const onward = forward(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers });
    onward.on('response', (answer) => {
      if (!current) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        return;
      }
      answer.resume().on('end', () => {
        current.lost += 1;
        current.options.meanwhile?.();
        request.socket.destroy();
      });
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    drop: (name, options = {}) => {
      const added = { name, options, seen: 0, lost: 0 };
      rule = added;
      return () => added.lost;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isLost(seen: number, { times = 1, every }: DropOptions): boolean {
  return every === undefined ? seen <= times : seen % every === 0;
}
