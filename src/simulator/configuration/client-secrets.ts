import { poolOf, type Operation } from '../operations/context.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { secretText, type ClientSecret } from './app-client.ts';
import { newSecret, ownClient } from './app-client-operations.ts';

/** Secrets a client. [D] SDK 3.1169, AddUserPoolClientSecret. */
const MOST_SECRETS = 2;

export const clientSecretOperations: Readonly<Record<string, Operation>> = {
  AddUserPoolClientSecret: (context) => {
    const client = ownClient(context, poolOf(context));
    const given = context.request.body['ClientSecret'];
    const chosen = given === undefined || given === null ? undefined : secretText(given, 'ClientSecret');
    if (client.secrets.length === 0) throw invalidParameter('The app client has no secret and cannot get one.');
    if (client.secrets.length >= MOST_SECRETS) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of secrets of an app client.');
    }
    const secret = newSecret(context.account, client, chosen);
    client.secrets = [...client.secrets, secret];
    const shown = chosen === undefined ? { ClientSecretValue: secret.value } : {};
    return { ClientSecretDescriptor: { ...described(secret), ...shown } };
  },

  /** Never with a value. [D] SDK 3.1169. */
  ListUserPoolClientSecrets: (context) => ({
    ClientSecrets: ownClient(context, poolOf(context)).secrets.map(described),
  }),

  DeleteUserPoolClientSecret: (context) => {
    const client = ownClient(context, poolOf(context));
    const id = context.request.text('ClientSecretId');
    if (!client.secrets.some((secret) => secret.id === id)) {
      throw new ServiceError('ResourceNotFoundException', 'The client secret does not exist.');
    }
    if (client.secrets.length === 1) throw invalidParameter('The last secret of an app client cannot be deleted.');
    client.secrets = client.secrets.filter((secret) => secret.id !== id);
    return {};
  },
};

function described({ id, createdAt }: ClientSecret): object {
  return { ClientSecretId: id, ClientSecretCreateDate: epochSeconds(createdAt) };
}
