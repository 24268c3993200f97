import { expect } from 'vitest';
import type { PoolId } from '../../../src/model/ids.ts';
import {
  createConfirmedUser,
  createUser,
  OTHER_PASSWORD,
  outcomeOf,
  PASSWORD,
  verifiedEmail,
  type Bed,
  type Cases,
} from './contract-bed.ts';

/** An application of the pool, through the plain SDK. */
interface App {
  readonly clientId: string;
  /** `signed-in`, the challenge, or the exception's name. */
  signIn(username: string, password: string): Promise<string>;
}

async function appOf({ sdk }: Bed, poolId: PoolId): Promise<App> {
  const { UserPoolClient } = await sdk.createUserPoolClient({
    UserPoolId: poolId,
    ClientName: 'app',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const clientId = UserPoolClient?.ClientId ?? '';
  return {
    clientId,
    signIn: async (username, password) => {
      let answer = 'nothing';
      const ask = async (): Promise<void> => {
        const { AuthenticationResult, ChallengeName } = await sdk.initiateAuth({
          ClientId: clientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: username, PASSWORD: password },
        });
        answer = AuthenticationResult?.AccessToken ? 'signed-in' : (ChallengeName ?? answer);
      };
      const outcome = await outcomeOf(ask());
      return outcome === 'done' ? answer : outcome;
    },
  };
}

export const signInCases = {
  'a user signs in with the permanent password': async (bed) => {
    const poolId = await bed.newPool();
    await createConfirmedUser(bed, poolId, 'anna');
    const app = await appOf(bed, poolId);
    expect(await app.signIn('anna', PASSWORD)).toBe('signed-in');
  },

  'a wrong password is NotAuthorizedException': async (bed) => {
    const poolId = await bed.newPool();
    await createConfirmedUser(bed, poolId, 'anna');
    const app = await appOf(bed, poolId);
    expect(await app.signIn('anna', OTHER_PASSWORD)).toBe('NotAuthorizedException');
  },

  'a temporary password has to be changed, and the new one counts': async (bed) => {
    const poolId = await bed.newPool();
    await bed.send('AdminCreateUser', { poolId, username: 'anna', attributes: [], temporaryPassword: PASSWORD });
    const app = await appOf(bed, poolId);
    const { ChallengeName, Session } = await bed.sdk.initiateAuth({
      ClientId: app.clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'anna', PASSWORD },
    });
    expect(ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    await bed.sdk.respondToAuthChallenge({
      ClientId: app.clientId,
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session,
      ChallengeResponses: { USERNAME: 'anna', NEW_PASSWORD: OTHER_PASSWORD },
    });
    expect(await app.signIn('anna', OTHER_PASSWORD)).toBe('signed-in');
  },

  'a wrong temporary password is NotAuthorizedException': async (bed) => {
    const poolId = await bed.newPool();
    await bed.send('AdminCreateUser', { poolId, username: 'anna', attributes: [], temporaryPassword: PASSWORD });
    const app = await appOf(bed, poolId);
    expect(await app.signIn('anna', OTHER_PASSWORD)).toBe('NotAuthorizedException');
  },

  'a disabled user cannot sign in': async (bed) => {
    const poolId = await bed.newPool();
    await createConfirmedUser(bed, poolId, 'anna');
    await bed.send('AdminDisableUser', { poolId, username: 'anna' });
    const app = await appOf(bed, poolId);
    expect(await app.signIn('anna', PASSWORD)).toBe('NotAuthorizedException');
  },

  'a user who was disabled and enabled signs in': async (bed) => {
    const poolId = await bed.newPool();
    await createConfirmedUser(bed, poolId, 'anna');
    await bed.send('AdminDisableUser', { poolId, username: 'anna' });
    await bed.send('AdminEnableUser', { poolId, username: 'anna' });
    const app = await appOf(bed, poolId);
    expect(await app.signIn('anna', PASSWORD)).toBe('signed-in');
  },

  'a confirmed user with a verified address can ask for a new password': async (bed) => {
    const poolId = await bed.newPool({ AutoVerifiedAttributes: ['email'] });
    // AWS's address for successful mail, where the mail is really sent.
    await createConfirmedUser(bed, poolId, 'anna', verifiedEmail('success@simulator.amazonses.com'));
    const { clientId } = await appOf(bed, poolId);
    const asking = bed.sdk.forgotPassword({ ClientId: clientId, Username: 'anna' });
    expect(await outcomeOf(asking)).toBe('done');
  },

  'who has to change an unknown password cannot ask for a new one': async (bed) => {
    const poolId = await bed.newPool({ AutoVerifiedAttributes: ['email'] });
    await createUser(bed, poolId, 'anna', verifiedEmail('success@simulator.amazonses.com'));
    const { clientId } = await appOf(bed, poolId);
    const asking = bed.sdk.forgotPassword({ ClientId: clientId, Username: 'anna' });
    expect(await outcomeOf(asking)).toBe('NotAuthorizedException');
  },
} satisfies Cases<string>;
