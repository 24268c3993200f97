import type { CognitoGateway, OperationName, RequestOf } from './gateway.ts';

export interface SentCall {
  readonly operation: OperationName;
  readonly request: RequestOf<OperationName>;
}

export interface FakeGateway extends CognitoGateway {
  readonly sent: readonly SentCall[];
  readonly uploads: readonly string[];
}

/** For tests: a gateway whose every answer comes from one function; it may throw. */
export function fakeGateway(answer: (call: SentCall, index: number) => unknown): FakeGateway {
  const sent: SentCall[] = [];
  const uploads: string[] = [];
  return {
    sent,
    uploads,
    serviceTime: () => undefined,
    async send(operation, request) {
      const call = { operation, request };
      sent.push(call);
      return (await answer(call, sent.length - 1)) as never;
    },
    async upload(_url, csv) {
      uploads.push(csv.path);
    },
  };
}
