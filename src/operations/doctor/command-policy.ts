import type { OperationName } from '../../cognito/gateway.ts';
import type { CommandNeeds } from './command-needs.ts';

export interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
}

/** An IAM policy as a role takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** They belong to the account, or name no pool: IAM knows no narrower resource for them. README, "IAM actions". */
const OF_THE_ACCOUNT: ReadonlySet<string> = new Set<OperationName>([
  'ListUserPools',
  'GetProvisionedLimit',
  'DescribeUserPoolDomain',
  'CreateUserPool',
]);

/** What a role needs for one command on a pool. A new pool has no ARN yet: every pool of the account, then. */
export function commandPolicy(
  { reads, optional, writes, others, asksOtherServices }: CommandNeeds,
  resource: { readonly arn: string; readonly isNew: boolean },
): PolicyDocument {
  const arn = resource.isNew ? resource.arn.replace(/userpool\/.*$/, 'userpool/*') : resource.arn;
  const calls = [...new Set<string>([...reads, ...optional, ...writes])].sort();
  const actions = [
    ...calls.map((name) => [`cognito-idp:${name}`, OF_THE_ACCOUNT.has(name) ? '*' : arn] as const),
    ...others.map((action) => [action, action === 'iam:PassRole' ? roleArn(arn) : arn] as const),
    ...(asksOtherServices ? otherServices(arn) : []),
  ];
  const resources = [...new Set(actions.map(([, on]) => on))];
  return {
    Version: '2012-10-17',
    Statement: resources.map((Resource) => ({
      Effect: 'Allow',
      Action: actions.flatMap(([action, on]) => (on === Resource ? [action] : [])),
      Resource,
    })),
  };
}

/**
 * AWS WAF wants leave on the web ACL, which is not known before, and on the pool. [D] Cognito developer guide, "Associate an
 * AWS WAF web ACL with a user pool", 2026-11.
 */
function otherServices(poolArn: string): readonly (readonly [action: string, on: string])[] {
  const [, partition = 'aws', , region = '*', account = '*'] = poolArn.split(':');
  return [
    ['cognito-idp:GetWebACLForResource', poolArn],
    ['wafv2:GetWebACLForResource', '*'],
    ['lambda:GetPolicy', `arn:${partition}:lambda:${region}:${account}:function:*`],
  ];
}

/** What a role needs on the bucket of a vault; `prune` and `erase` ask for the last two, the doctor for two of the bucket. */
export function vaultPolicy(location: string): PolicyDocument {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(location) ?? [];
  const objects = `arn:aws:s3:::${bucket}/${prefix === '' ? '' : `${prefix}/`}*`;
  const ofBucket = ['s3:ListBucket', 's3:GetBucketVersioning', 's3:GetBucketObjectLockConfiguration'];
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ofBucket, Resource: `arn:aws:s3:::${bucket}` },
      { Effect: 'Allow', Action: ['s3:GetObject', ...VAULT_WRITES, ...VAULT_LOCKS], Resource: objects },
    ],
  };
}

export const VAULT_WRITES = ['s3:PutObject', 's3:DeleteObject'] as const;
const VAULT_LOCKS = ['s3:GetObjectRetention', 's3:GetObjectLegalHold'] as const;

/** Which role it is, only whoever reads the policy knows. */
function roleArn(poolArn: string): string {
  const [, partition = 'aws', , , account = ''] = poolArn.split(':');
  return `arn:${partition}:iam::${account}:role/ROLE`;
}
