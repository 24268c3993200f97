import { setImmediate } from 'node:timers/promises';
import type { SchedulerAct } from 'fast-check';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import type { Storage } from '../../src/storage/storage.ts';

/** Lets everything that waits for no turn come to rest before the next turn is given: so the turns alone decide. */
export const afterRest: SchedulerAct = async (turn) => {
  await turn();
  for (let n = 0; n < 4; n += 1) await setImmediate();
};

/** Waits for the turn of a call; `what` is for the report of a failure. */
export type TakeTurn = (what: string) => Promise<void>;

/** A storage whose every call waits for its turn before it takes effect. */
export function yieldingStorage(storage: Storage, takeTurn: TakeTurn): Storage {
  const turn = (what: string, key: string): Promise<void> => takeTurn(`${what} ${key}`);
  return {
    location: storage.location,
    put: async (key, ...rest) => {
      await turn('put', key);
      return storage.put(key, ...rest);
    },
    putIfAbsent: async (key, ...rest) => {
      await turn('put-if-absent', key);
      return storage.putIfAbsent(key, ...rest);
    },
    putIfMatch: async (key, ...rest) => {
      await turn('put-if-match', key);
      return storage.putIfMatch(key, ...rest);
    },
    get: async (key, ...rest) => {
      await turn('get', key);
      return storage.get(key, ...rest);
    },
    stream: async (key, ...rest) => {
      await turn('stream', key);
      return storage.stream(key, ...rest);
    },
    head: async (key, ...rest) => {
      await turn('head', key);
      return storage.head(key, ...rest);
    },
    async *list(prefix, ...rest) {
      await turn('list', prefix);
      yield* storage.list(prefix, ...rest);
    },
    async *folders(prefix, ...rest) {
      await turn('folders', prefix);
      yield* storage.folders(prefix, ...rest);
    },
    delete: async (key, ...rest) => {
      await turn('delete', key);
      return storage.delete(key, ...rest);
    },
  };
}

/** A gateway whose every call waits for its turn, as it would for its slot. */
export function yieldingGateway(gateway: CognitoGateway, takeTurn: TakeTurn): CognitoGateway {
  return {
    serviceTime: () => gateway.serviceTime(),
    upload: (...call) => gateway.upload(...call),
    async send(operation, request, signal) {
      await takeTurn(operation);
      return gateway.send(operation, request, signal);
    },
  };
}
