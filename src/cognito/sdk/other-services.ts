import { BackupError } from '../../model/errors.ts';
import { isObject } from '../../model/pool-configuration.ts';
import type { JsonValue } from '../../model/pool.ts';
import { askService } from './ask-service.ts';
import type { SdkOperations } from './operation.ts';

/** What services beside Cognito know of a pool. Source: AWS WAF and AWS Lambda API references, 2026-11. */
export const otherServices: SdkOperations<'GetWebACLForResource' | 'GetPolicy'> = {
  async GetWebACLForResource(client, { resourceArn }, options) {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSWAF_20190729.GetWebACLForResource',
    };
    const body = JSON.stringify({ ResourceArn: resourceArn });
    const answer = await askService(client, 'wafv2', { method: 'POST', path: '/', headers, body }, options);
    return isObject(answer['WebACL']) ? answer['WebACL'] : {};
  },

  async GetPolicy(client, { functionArn }, options) {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/policy`;
    const answer = await askService(client, 'lambda', { method: 'GET', path }, options);
    const policy = typeof answer['Policy'] === 'string' ? (JSON.parse(answer['Policy']) as JsonValue) : undefined;
    if (!isObject(policy)) throw new BackupError('unreadable-answer', 'GetPolicy answered without a policy');
    return policy;
  },
};
