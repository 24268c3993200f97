import { asObject } from '../value-rules.ts';
import { ServiceError } from '../service-error.ts';

/** The part of Lambda that says who may invoke a function: its resource policy. */
export interface LambdaService {
  /** Makes a function; its ARN names it. */
  createFunction(name: string): string;
  /** Statements of a function's policy, by function ARN. */
  readonly policies: ReadonlyMap<string, readonly PolicyStatement[]>;
  /** Requests by operation name, refused ones included. */
  readonly calls: ReadonlyMap<string, number>;
  /** Carries one request out. Throws `ServiceError`. */
  answer(operation: LambdaOperation, functionName: string, body: string): object;
}

export type LambdaOperation = 'GetPolicy' | 'AddPermission';

interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: object;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: object;
}

const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/policy(?:\?|$)/;

/** What a request line asks of Lambda; `undefined`: nothing, or nothing simulated. */
export function lambdaCallOf(
  method: string,
  url: string,
): { readonly operation: LambdaOperation; readonly functionName: string } | undefined {
  const name = PATH.exec(url)?.[1];
  if (name === undefined || (method !== 'GET' && method !== 'POST')) return undefined;
  return { operation: method === 'GET' ? 'GetPolicy' : 'AddPermission', functionName: decodeURIComponent(name) };
}

/** Source: AWS Lambda API reference, GetPolicy and AddPermission; 2026-11. */
export function createLambdaService({
  region,
  accountId,
  random,
}: {
  readonly region: string;
  readonly accountId: string;
  readonly random: () => string;
}): LambdaService {
  const policies = new Map<string, readonly PolicyStatement[]>();
  const calls = new Map<string, number>();
  const arnOf = (name: string): string => `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const existing = (name: string): string => {
    const arn = name.startsWith('arn:') ? name : arnOf(name);
    if (!policies.has(arn)) throw notFound(`Function not found: ${arn}`);
    return arn;
  };
  return {
    policies,
    calls,
    createFunction: (name) => {
      policies.set(arnOf(name), []);
      return arnOf(name);
    },
    answer: (operation, functionName, body) => {
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      const arn = existing(functionName);
      const statements = policies.get(arn) ?? [];
      if (operation === 'GetPolicy') {
        if (statements.length === 0) throw notFound('The resource you requested does not exist.');
        const policy = { Version: '2012-10-17', Id: 'default', Statement: statements };
        return { Policy: JSON.stringify(policy), RevisionId: random() };
      }
      const statement = statementOf(arn, asObject(JSON.parse(body)));
      if (statements.some(({ Sid }) => Sid === statement.Sid)) {
        const message = `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
        throw new ServiceError('ResourceConflictException', message, 409);
      }
      policies.set(arn, [...statements, statement]);
      return { Statement: JSON.stringify(statement) };
    },
  };
}

function statementOf(arn: string, request: Readonly<Record<string, unknown>>): PolicyStatement {
  const { StatementId: sid, Action: action, Principal: principal, SourceArn: source, SourceAccount: account } = request;
  if (typeof sid !== 'string' || typeof action !== 'string' || typeof principal !== 'string') {
    throw new ServiceError('InvalidParameterValueException', 'StatementId, Action and Principal are required');
  }
  const condition = {
    ...(source === undefined ? {} : { ArnLike: { 'AWS:SourceArn': source } }),
    ...(account === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': account } }),
  };
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: principal.includes('.') ? { Service: principal } : { AWS: principal },
    Action: action,
    Resource: arn,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, 404);
}
