import type { CognitoGateway } from './gateway.ts';

type Check = () => Promise<void>;

/** Checks belong to one request, and requests go through the wrappers as they are. */
const checks = new WeakMap<object, Check>();

/** The same request, for which `check` is asked before every attempt, when it has waited for its turn: it throws to stop it. */
export function checkedRequest<Request extends object>(request: Request, check: Check): Request {
  const copy = { ...request };
  checks.set(copy, check);
  return copy;
}

/** Asks the check of a request right before it goes out. */
export function withChecks<Gateway extends CognitoGateway>(gateway: Gateway): Gateway {
  return {
    ...gateway,
    async send(operation, request, signal) {
      await checks.get(request)?.();
      return gateway.send(operation, request, signal);
    },
  };
}
