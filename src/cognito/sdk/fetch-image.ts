import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { throwIfInterrupted } from '../../runtime/interruption.ts';

export interface Endpoint {
  readonly hostname: string;
  readonly port?: number | undefined;
}

export interface ImageOptions {
  /** Where Cognito itself is reached: an emulator's images may come from there without TLS. */
  readonly endpoint?: Endpoint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Cognito takes images of 100 KB at most. [D] COGNITO API SetUICustomization, 2026-11; ten times that, to be sure. */
const MAX_IMAGE_BYTES = 1024 * 1024;
const TIMEOUT_MS = 30_000;

/**
 * The bytes of the image of a classic hosted UI, by the address that the service answers. Only over TLS, or from the endpoint
 * itself; redirects are not followed. `unreachable` where that fails, for whatever reason. Throws `interrupted`.
 */
export async function fetchImage(address: string, options: ImageOptions = {}): Promise<Uint8Array | 'unreachable'> {
  throwIfInterrupted(options.signal);
  try {
    const url = new URL(address);
    return isAllowed(url, options) ? await read(url, options) : 'unreachable';
  } catch {
    throwIfInterrupted(options.signal);
    return 'unreachable';
  }
}

function isAllowed({ protocol, hostname, port }: URL, { endpoint }: ImageOptions): boolean {
  if (protocol === 'https:') return true;
  return protocol === 'http:' && hostname === endpoint?.hostname && Number(port || 80) === (endpoint.port ?? 80);
}

async function read(url: URL, { signal }: ImageOptions): Promise<Uint8Array> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const get = url.protocol === 'https:' ? httpsGet : httpGet;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const request = get(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout }, resolve);
    request.once('error', reject);
  });
  try {
    if (response.statusCode !== 200) throw new Error('There is no image');
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_IMAGE_BYTES) throw new Error('The image is too large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}
