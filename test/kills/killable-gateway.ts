import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { isMutation } from '../support/dying-gateway.ts';
import type { KillSwitch } from './kill-switch.ts';

/** A gateway of a process that can be killed at each call that changes a pool, uploads included. */
export function killableGateway(gateway: CognitoGateway, life: KillSwitch): CognitoGateway {
  return {
    serviceTime: () => gateway.serviceTime(),
    upload: (...args) => life.mutate('upload', () => gateway.upload(...args)),
    send: (operation, ...rest) => {
      const send = () => gateway.send(operation, ...rest);
      return isMutation(operation) ? life.mutate(operation, send) : life.look(send);
    },
  };
}
