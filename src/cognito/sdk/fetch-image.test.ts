import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchImage } from './fetch-image.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(listener: RequestListener): Promise<{ readonly hostname: string; readonly port: number }> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { hostname: '127.0.0.1', port: (listening.address() as AddressInfo).port };
}

describe('the image of a classic UI', () => {
  it('comes from the endpoint itself without TLS', async () => {
    const endpoint = await serve((_request, response) => response.end('image'));
    const image = await fetchImage(`http://127.0.0.1:${endpoint.port}/x`, { endpoint });
    expect(Buffer.from(image as Uint8Array).toString()).toBe('image');
  });

  it.each([
    ['another port of the same host', (port: number) => ({ hostname: '127.0.0.1', port: port + 1 })],
    ['another host', (port: number) => ({ hostname: 'localhost', port })],
  ])('comes from nowhere else without TLS: %s', async (_what, endpointOf) => {
    let asked = 0;
    const { port } = await serve((_request, response) => void ((asked += 1), response.end('image')));
    expect(await fetchImage(`http://127.0.0.1:${port}/x`, { endpoint: endpointOf(port) })).toBe('unreachable');
    expect(asked).toBe(0);
  });

  it.each<[string, RequestListener]>([
    ['a redirect', (_request, response) => response.writeHead(302, { location: '/y' }).end()],
    ['a refusal', (_request, response) => response.writeHead(403).end('no')],
    ['more than a megabyte', (_request, response) => response.end(Buffer.alloc(1024 * 1024 + 1))],
    [
      'a cut',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy()),
    ],
  ])('is unreachable behind %s', async (_what, listener) => {
    const endpoint = await serve(listener);
    expect(await fetchImage(`http://127.0.0.1:${endpoint.port}/x`, { endpoint })).toBe('unreachable');
  });

  it.each(['file:///etc/passwd', 'ftp://example.com/x', 'not an address', ''])(
    'is not looked for at %j',
    async (address) => {
      expect(await fetchImage(address)).toBe('unreachable');
    },
  );
});
