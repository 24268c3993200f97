import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { realRuntime } from '../../runtime/real-runtime.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { createCognitoClient } from '../client.ts';
import type { CognitoGateway } from '../gateway.ts';
import { createSdkGateway } from '../sdk-gateway.ts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' };
const REGION = 'eu-central-1';

function gatewayAt(endpoint?: string): CognitoGateway {
  return createSdkGateway(
    createCognitoClient({ region: REGION, credentials: KEYS, ...(endpoint !== undefined && { endpoint }) }),
  );
}

afterEach(() => vi.unstubAllEnvs());

describe('what other services are asked', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ quotaScale: 'unlimited' });
    vi.stubEnv('AWS_ENDPOINT_URL', simulator.endpoint);
  });
  afterEach(() => simulator.stop());

  it('is answered by those that the environment names', async () => {
    const pool = simulator.pool(simulator.createPool({ PoolName: 'guarded' }));
    const functionArn = simulator.lambda.createFunction('trigger');
    const gateway = gatewayAt();
    expect(await gateway.send('GetWebACLForResource', { resourceArn: pool.arn })).toEqual({});
    await expect(gateway.send('GetPolicy', { functionArn })).rejects.toMatchObject({
      code: 'rejected',
      awsName: 'ResourceNotFoundException',
    });

    const WebACLArn = simulator.waf.createWebAcl('guard');
    simulator.waf.answer('AssociateWebACL', JSON.stringify({ WebACLArn, ResourceArn: pool.arn }));
    const permission = { StatementId: 'x', Action: 'lambda:InvokeFunction', Principal: 'cognito-idp.amazonaws.com' };
    simulator.lambda.answer('AddPermission', functionArn, JSON.stringify({ ...permission, SourceArn: pool.arn }));
    expect(await gateway.send('GetWebACLForResource', { resourceArn: pool.arn })).toMatchObject({ ARN: WebACLArn });
    expect(await gateway.send('GetPolicy', { functionArn })).toMatchObject({ Statement: [{ Sid: 'x' }] });
  });

  it.each([
    ['access-denied', { code: 'not-authorized', awsName: 'AccessDeniedException' }],
    ['500', { code: 'unavailable' }],
    ['429', { code: 'throttled' }],
  ] as const)('is refused as Cognito would refuse: %s', async (kind, expected) => {
    const functionArn = simulator.lambda.createFunction('trigger');
    simulator.faults.add({ kind, operation: 'GetPolicy' });
    await expect(gatewayAt().send('GetPolicy', { functionArn })).rejects.toMatchObject(expected);
  });

  it('is not asked of AWS where Cognito has an endpoint of its own', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    const asked = gatewayAt(simulator.endpoint).send('GetWebACLForResource', { resourceArn: 'arn:aws:x' });
    await expect(asked).rejects.toMatchObject({ code: 'rejected', awsName: 'Unsupported' });
    expect(simulator.waf.calls.size).toBe(0);
  });
});

describe('the signature', () => {
  it.each([
    ['GetPolicy', { functionArn: `arn:aws:lambda:${REGION}:123456789012:function:a:live` }, 'lambda'],
    ['GetWebACLForResource', { resourceArn: 'arn:aws:cognito-idp:x' }, 'wafv2'],
  ] as const)('of %s is the one that AWS specifies', async (operation, request, service) => {
    const seen: { request: IncomingMessage; body: string }[] = [];
    const server = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        seen.push({ request: incoming, body });
        response.end(JSON.stringify({ Policy: '{}' }));
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    vi.stubEnv(`AWS_ENDPOINT_URL_${service.toUpperCase()}`, `http://127.0.0.1:${port}`);
    await gatewayAt().send(operation, request);
    server.close();

    const [{ request: sent, body } = { request: undefined, body: '' }] = seen;
    expect(sent?.headers.authorization).toBe(sent && signatureOf(sent, body, service));
    const skewMs = Math.abs(timeOf(String(sent?.headers['x-amz-date'])) - realRuntime.now().getTime());
    expect(skewMs).toBeLessThan(60_000);
  });
});

/** Signature Version 4, written anew from its description: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(sent: IncomingMessage, body: string, service: string): string {
  const date = String(sent.headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/${REGION}/${service}/aws4_request`;
  const signed = /SignedHeaders=([^,]+)/.exec(sent.headers.authorization ?? '')?.[1] ?? '';
  const headers = signed.split(';').map((name) => `${name}:${String(sent.headers[name]).trim()}\n`);
  // Every segment of the path once more: all services but S3.
  const path = (sent.url ?? '').split('/').map(encodeURIComponent).join('/');
  const canonical = [sent.method, path, '', headers.join(''), signed, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [date.slice(0, 8), REGION, service, 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${KEYS.secretAccessKey}`,
  );
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${KEYS.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function timeOf(amzDate: string): number {
  return Date.parse(amzDate.replace(/(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3:$4:$5Z'));
}
