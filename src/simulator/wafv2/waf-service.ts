import { asObject } from '../value-rules.ts';
import { ServiceError } from '../service-error.ts';

/** The part of AWS WAF that ties a web ACL to a user pool. */
export interface WafService {
  /** Makes a regional web ACL; its ARN names it. */
  createWebAcl(name: string): string;
  /** The web ACL of a resource, by ARN. */
  readonly associations: ReadonlyMap<string, string>;
  /** Requests by operation name, refused ones included. */
  readonly calls: ReadonlyMap<string, number>;
  /** Carries one request out. Throws `ServiceError`. */
  answer(operation: string, body: string): object;
}

export interface WafServiceOptions {
  readonly region: string;
  readonly accountId: string;
  readonly random: () => string;
  /** Whether an ARN names a resource that can have a web ACL. */
  readonly exists: (resourceArn: string) => boolean;
}

type Run = (request: Readonly<Record<string, unknown>>) => object;

/** Source: AWS WAF API reference, GetWebACLForResource, AssociateWebACL, DisassociateWebACL; 2026-11. */
export function createWafService({ region, accountId, random, exists }: WafServiceOptions): WafService {
  const acls = new Map<string, { readonly id: string; readonly name: string }>();
  const associations = new Map<string, string>();
  const calls = new Map<string, number>();
  const resourceOf = (request: Readonly<Record<string, unknown>>): string => {
    const resource = arnIn(request, 'ResourceArn');
    if (!exists(resource)) throw nonexistent();
    return resource;
  };
  const operations: Readonly<Record<string, Run>> = {
    GetWebACLForResource: (request) => {
      const arn = associations.get(resourceOf(request));
      const acl = arn === undefined ? undefined : acls.get(arn);
      return acl && arn !== undefined ? { WebACL: webAcl(arn, acl) } : {};
    },
    AssociateWebACL: (request) => {
      const resource = resourceOf(request);
      const arn = arnIn(request, 'WebACLArn');
      if (!acls.has(arn)) throw nonexistent();
      associations.set(resource, arn);
      return {};
    },
    DisassociateWebACL: (request) => {
      associations.delete(resourceOf(request));
      return {};
    },
  };
  return {
    associations,
    calls,
    createWebAcl: (name) => {
      const id = random();
      const arn = `arn:aws:wafv2:${region}:${accountId}:regional/webacl/${name}/${id}`;
      acls.set(arn, { id, name });
      return arn;
    },
    answer: (operation, body) => {
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      const run = operations[operation];
      if (!run) throw new ServiceError('UnknownOperationException', '');
      return run(asObject(JSON.parse(body === '' ? '{}' : body)));
    },
  };
}

function webAcl(arn: string, { id, name }: { readonly id: string; readonly name: string }): object {
  return {
    Name: name,
    Id: id,
    ARN: arn,
    DefaultAction: { Allow: {} },
    Rules: [],
    VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: name },
    Capacity: 0,
  };
}

function arnIn(request: Readonly<Record<string, unknown>>, member: string): string {
  const arn = request[member];
  if (typeof arn !== 'string' || !arn.startsWith('arn:')) {
    throw new ServiceError('WAFInvalidParameterException', `Error reason: The ARN isn't valid, field: ${member}`);
  }
  return arn;
}

function nonexistent(): ServiceError {
  return new ServiceError(
    'WAFNonexistentItemException',
    "AWS WAF couldn't perform the operation because your resource doesn't exist.",
  );
}
