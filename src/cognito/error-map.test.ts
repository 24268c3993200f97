import { inspect } from 'node:util';
import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { parsePoolId } from '../model/ids.ts';
import { BackupError } from '../model/errors.ts';
import { withheldError } from '../model/withheld.ts';
import { toBackupError } from './error-map.ts';
import type { OperationName } from './gateway.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const secret = 'User anna@example.com of +4912345';

function serviceError(name: string, status = 400, message = secret, metadata: object = {}): Error {
  const error = new CognitoIdentityProviderServiceException({
    name,
    message,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status },
  });
  Object.assign(error.$metadata, metadata);
  return error;
}

function nodeError(code: string, name = 'Error'): Error {
  return Object.assign(new Error(secret), { code, name });
}

function map(error: unknown, operation: OperationName = 'ListUsers', hasAnswered = true): BackupError {
  return toBackupError(error, { operation, poolId, hasAnswered });
}

describe('toBackupError', () => {
  it.each([
    [serviceError('TooManyRequestsException'), 'throttled'],
    [serviceError('ThrottlingException'), 'throttled'],
    [serviceError('Throttling'), 'throttled'],
    [serviceError('RequestLimitExceeded', 503), 'throttled'],
    [serviceError('UserNotFoundException'), 'rejected'],
    [serviceError('UsernameExistsException'), 'rejected'],
    [serviceError('InvalidParameterException'), 'rejected'],
    [serviceError('NotAuthorizedException'), 'rejected'],
    [serviceError('NotAuthorizedException', 400, 'arn:x is not authorized to perform: y'), 'not-authorized'],
    [serviceError('AccessDeniedException'), 'not-authorized'],
    [serviceError('ResourceNotFoundException'), 'pool-not-found'],
    [serviceError('ExpiredTokenException'), 'credentials'],
    [serviceError('ExpiredToken'), 'credentials'],
    [serviceError('UnrecognizedClientException'), 'credentials'],
    [serviceError('InvalidSignatureException'), 'credentials'],
    [serviceError('InvalidSignatureException', 400, secret, { clockSkewCorrected: true }), 'unavailable'],
    [serviceError('ExpiredTokenException', 400, secret, { credentialsRefreshed: true }), 'unavailable'],
    [Object.assign(new Error(secret), { name: 'CredentialsProviderError' }), 'credentials'],
    [Object.assign(new Error(secret), { name: 'AccessDenied', $fault: 'client' }), 'credentials'],
    [serviceError('InternalErrorException', 500), 'unavailable'],
    [serviceError('Unknown', 503), 'unavailable'],
    [serviceError('Unsupported', 500), 'rejected'],
    [serviceError('InternalFailure', 501), 'rejected'],
    [serviceError('UnknownOperationException'), 'rejected'],
    [nodeError('ECONNRESET', 'TimeoutError'), 'unavailable'],
    [nodeError('ECONNREFUSED'), 'unavailable'],
    [nodeError('EPIPE', 'TimeoutError'), 'unavailable'],
    [nodeError('ENOTFOUND'), 'unavailable'],
    [nodeError('DEPTH_ZERO_SELF_SIGNED_CERT'), 'usage'],
    [new SyntaxError(secret), 'unreadable-answer'],
    [Object.assign(new SyntaxError(secret), { $metadata: { httpStatusCode: 502 } }), 'unavailable'],
    [new TypeError(secret), 'unreadable-answer'],
    [nodeError('HPE_INVALID_CONSTANT'), 'unreadable-answer'],
    [serviceError('Unknown', 400), 'unreadable-answer'],
    [new Error(secret), 'internal'],
    [new Error('Region is missing'), 'usage'],
  ] as const)('maps %s to its code', (error, code) => {
    expect(map(error).code).toBe(code);
  });

  it.each([
    ['ListUsers', 'throttled'],
    ['DescribeUserPool', 'throttled'],
    ['AdminDeleteUser', 'throttled'],
    ['AdminDisableUser', 'throttled'],
    ['AdminCreateUser', 'rejected'],
    ['AdminAddUserToGroup', 'rejected'],
    ['AdminLinkProviderForUser', 'rejected'],
    ['CreateGroup', 'rejected'],
    ['CreateUserImportJob', 'rejected'],
  ] as const)('takes an exceeded limit of %s for %s', (operation, code) => {
    expect(map(serviceError('LimitExceededException'), operation).code).toBe(code);
  });

  it('keeps what the service says out of message, hint and cause, for those who ask for it', () => {
    const cause = serviceError('UsernameExistsException');
    const error = map(cause, 'AdminCreateUser');
    expect(`${error.message} ${error.hint ?? ''}`).not.toContain('anna');
    expect(error.awsName).toBe('UsernameExistsException');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('anna');
    expect(withheldError(error.cause)).toBe(cause);
    expect(error.message).toBe('Cognito rejected AdminCreateUser (UsernameExistsException)');
  });

  it('names the IAM action that is missing', () => {
    expect(map(serviceError('AccessDeniedException'), 'AdminDeleteUser').hint).toContain('cognito-idp:AdminDeleteUser');
  });

  it('does not take a missing group for a missing pool', () => {
    const error = map(serviceError('ResourceNotFoundException'), 'AdminAddUserToGroup');
    expect(error).toMatchObject({ code: 'rejected', awsName: 'ResourceNotFoundException' });
  });

  it('takes an unknown host for a wrong Region until there was an answer', () => {
    const error = map(nodeError('ENOTFOUND'), 'DescribeUserPool', false);
    expect(error.code).toBe('pool-not-found');
    expect(error.message).toContain('eu-central-1');
  });

  it('throws interrupted when the signal has aborted', () => {
    const abort = Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    const call = { operation: 'ListUsers', signal: AbortSignal.abort(), hasAnswered: true } as const;
    expect(() => toBackupError(abort, call)).toThrow(expect.objectContaining({ code: 'interrupted' }));
  });

  it('passes a BackupError through', () => {
    const error = new BackupError('unreadable-answer', 'x');
    expect(map(error)).toBe(error);
  });
});
