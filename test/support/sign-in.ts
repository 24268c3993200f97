import {
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  CreateUserPoolClientCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Simulator } from '../../src/simulator/simulator.ts';

/** A user's own way in, through the plain SDK: what an application would do. */
export interface SignIn {
  /** Answers `signed-in`, or else the name of the challenge or of the error. */
  withPassword(username: string, password: string): Promise<string>;
  /** Asks for a code, takes it from the simulator, sets the password, signs in. */
  byForgotPassword(username: string, password: string): Promise<string>;
}

export async function signInTo(simulator: Simulator, poolId: string): Promise<SignIn> {
  const client = new CognitoIdentityProviderClient({
    region: simulator.region,
    endpoint: simulator.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { UserPoolClient } = await client.send(
    new CreateUserPoolClientCommand({
      UserPoolId: poolId,
      ClientName: 'app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  );
  const ClientId = UserPoolClient?.ClientId ?? '';
  const withPassword: SignIn['withPassword'] = async (username, password) => {
    try {
      const answer = await client.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: username, PASSWORD: password },
        }),
      );
      return answer.AuthenticationResult?.AccessToken ? 'signed-in' : (answer.ChallengeName ?? 'nothing');
    } catch (error) {
      return (error as Error).name;
    }
  };
  return {
    withPassword,
    byForgotPassword: async (username, password) => {
      try {
        await client.send(new ForgotPasswordCommand({ ClientId, Username: username }));
        const code = simulator.pool(poolId).lastCode(username) ?? '';
        await client.send(
          new ConfirmForgotPasswordCommand({
            ClientId,
            Username: username,
            ConfirmationCode: code,
            Password: password,
          }),
        );
      } catch (error) {
        return (error as Error).name;
      }
      return withPassword(username, password);
    },
  };
}
