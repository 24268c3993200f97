/** Statuses other than 400. Source: HTTP status codes of the Cognito user pools API reference (internal errors are 500). */
const STATUS_BY_NAME = new Map([
  ['InternalErrorException', 500],
  ['InternalFailure', 500],
  ['ServiceUnavailable', 503],
]);

/** A refusal as Cognito words it: exception name, message, HTTP status. */
export class ServiceError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, message: string, status: number = STATUS_BY_NAME.get(name) ?? 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

export function notAuthorized(message: string): ServiceError {
  return new ServiceError('NotAuthorizedException', message);
}
