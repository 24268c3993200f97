import { describe, expect, it } from 'vitest';
import { sdkSession } from './testing/sdk-session.ts';

async function waf(endpoint: string, operation: string, request: object): Promise<[number, Record<string, unknown>]> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `AWSWAF_20190729.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(request),
  });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}

async function lambda(url: string, request?: object): Promise<[number, Record<string, unknown>]> {
  const answer = await fetch(url, request ? { method: 'POST', body: JSON.stringify(request) } : {});
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}

describe('WAF', () => {
  it('ties a web ACL to a pool and tells of it', async () => {
    const { simulator, pool } = await sdkSession();
    const { endpoint } = simulator;
    const ResourceArn = pool.arn;
    const WebACLArn = simulator.waf.createWebAcl('guard');
    expect(await waf(endpoint, 'GetWebACLForResource', { ResourceArn })).toEqual([200, {}]);
    expect((await waf(endpoint, 'AssociateWebACL', { ResourceArn, WebACLArn }))[0]).toBe(200);
    expect(await waf(endpoint, 'GetWebACLForResource', { ResourceArn })).toMatchObject([
      200,
      { WebACL: { ARN: WebACLArn, Name: 'guard' } },
    ]);
    const gone = { __type: 'WAFNonexistentItemException' };
    const unknown = { ResourceArn: `${ResourceArn}x` };
    expect(await waf(endpoint, 'GetWebACLForResource', unknown)).toMatchObject([400, gone]);
    const noAcl = { ResourceArn, WebACLArn: `${WebACLArn}x` };
    expect(await waf(endpoint, 'AssociateWebACL', noAcl)).toMatchObject([400, gone]);
    await waf(endpoint, 'DisassociateWebACL', { ResourceArn });
    expect(await waf(endpoint, 'GetWebACLForResource', { ResourceArn })).toEqual([200, {}]);
    simulator.faults.add({ kind: 'access-denied', operation: 'GetWebACLForResource' });
    expect(await waf(endpoint, 'GetWebACLForResource', { ResourceArn })).toMatchObject([
      400,
      { __type: 'AccessDeniedException' },
    ]);
  });
});

describe('Lambda', () => {
  it('keeps the permissions of a function', async () => {
    const { simulator, pool } = await sdkSession();
    const arn = simulator.lambda.createFunction('trigger');
    const url = `${simulator.endpoint}/2015-03-31/functions/${encodeURIComponent(arn)}/policy`;
    expect(await lambda(url)).toMatchObject([404, { __type: 'ResourceNotFoundException' }]);
    const permission = {
      StatementId: 'cognito',
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: pool.arn,
    };
    expect((await lambda(url, permission))[0]).toBe(200);
    expect(await lambda(url, permission)).toMatchObject([409, { __type: 'ResourceConflictException' }]);
    const [, { Policy }] = await lambda(url.replace(encodeURIComponent(arn), 'trigger'));
    expect(JSON.parse(Policy as string)).toMatchObject({
      Statement: [
        {
          Sid: 'cognito',
          Principal: { Service: 'cognito-idp.amazonaws.com' },
          Resource: arn,
          Condition: { ArnLike: { 'AWS:SourceArn': pool.arn } },
        },
      ],
    });
    const missing = `${simulator.endpoint}/2015-03-31/functions/nowhere/policy`;
    expect(await lambda(missing)).toMatchObject([404, { __type: 'ResourceNotFoundException' }]);
  });
});
