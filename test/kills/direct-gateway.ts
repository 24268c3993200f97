import { setImmediate } from 'node:timers/promises';
import {
  CognitoIdentityProviderServiceException,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { createSdkGateway } from '../../src/cognito/sdk-gateway.ts';
import { toDocument } from '../../src/cognito/sdk/to-document.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';

/**
 * The gateway's own mapping over a simulator in this process, without the SDK's and HTTP's cost a call: a sweep over every
 * mutation makes a million calls. Uploads of import files go by HTTP. `now`: the simulator's clock.
 */
export function directGateway(simulator: Simulator, now: () => number): CognitoGateway {
  const { send, upload } = createSdkGateway(directClient(simulator));
  return { send, upload, serviceTime: () => new Date(Math.floor(now() / 1000) * 1000) };
}

interface Command {
  readonly input: object;
}

/** The members of a client that the gateway uses. */
function directClient(simulator: Simulator): CognitoIdentityProviderClient {
  const client = {
    config: {},
    middlewareStack: { add: () => {}, remove: () => {} },
    send: async (command: Command) => {
      // Calls of several users are under way at once, as over a network.
      await setImmediate();
      const operation = command.constructor.name.replace(/Command$/, '');
      const { status, body } = await simulator.answer(operation, toDocument(command.input));
      if (status !== 200) throw refusal(status, body);
      return JSON.parse(JSON.stringify(body), reviveDate) as unknown;
    },
  };
  return client as unknown as CognitoIdentityProviderClient;
}

function refusal(status: number, body: object): Error {
  const { __type: name, message } = body as { readonly __type: string; readonly message: string };
  const $metadata = { httpStatusCode: status };
  return new CognitoIdentityProviderServiceException({ name, message, $fault: 'client', $metadata });
}

/** AWS's JSON carries instants as seconds since 1970. */
function reviveDate(key: string, value: unknown): unknown {
  return key.endsWith('Date') && typeof value === 'number' ? new Date(value * 1000) : value;
}
