import type { SimulatedPool } from '../../simulator/simulated-pool.ts';
import type { DemoWorld } from './demo-world.ts';

/** The application whose users the pool holds: it signs them in and changes them, past the tool. */
export interface Application {
  /** The name of the error, or `undefined` when the user is in. */
  signIn(username: string, password: string): Promise<string | undefined>;
  /** "Forgot password" with the code from the mail; answers whether the new password then signs in. */
  resetPassword(username: string, password: string): Promise<boolean>;
}

/** Opens an app client of a pool. */
export async function openApplication({ simulator }: DemoWorld, poolId: string): Promise<Application> {
  const { UserPoolClient } = await call<{ readonly UserPoolClient: { readonly ClientId: string } }>(
    simulator,
    'CreateUserPoolClient',
    { UserPoolId: poolId, ClientName: 'demo', ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] },
  );
  const { ClientId } = UserPoolClient;
  const signIn: Application['signIn'] = async (username, password) => {
    try {
      const AuthParameters = { USERNAME: username, PASSWORD: password };
      const answer = await call<{ readonly AuthenticationResult?: object; readonly ChallengeName?: string }>(
        simulator,
        'InitiateAuth',
        { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters },
      );
      return answer.AuthenticationResult ? undefined : answer.ChallengeName;
    } catch (error) {
      return error instanceof Error ? error.message : 'unknown';
    }
  };
  return {
    signIn,
    resetPassword: async (username, password) => {
      await call(simulator, 'ForgotPassword', { ClientId, Username: username });
      const ConfirmationCode = simulator.pool(poolId).lastCode(username);
      await call(simulator, 'ConfirmForgotPassword', {
        ClientId,
        Username: username,
        Password: password,
        ConfirmationCode,
      });
      return (await signIn(username, password)) === undefined;
    },
  };
}

/** How many users a day's work touches, by kind. */
export interface Changes {
  readonly created: number;
  readonly edited: number;
  readonly moved: number;
  readonly disabled: number;
  readonly deleted: number;
}

const CHANGES: Changes = { created: 60, edited: 80, moved: 40, disabled: 12, deleted: 35 };

/** Lets a day pass in the source pool: people come and go, change their address, join a new team. */
export async function changeSource({ simulator, source }: DemoWorld): Promise<Changes> {
  const pool = simulator.pool(source);
  const admin = (operation: string, request: object) => call(simulator, operation, { UserPoolId: source, ...request });
  const people = ordinaryPeople(pool);
  const take = (count: number): string[] => people.splice(0, count);
  for (const Username of take(CHANGES.edited)) {
    const UserAttributes = [
      { Name: 'name', Value: 'Renamed, since "yesterday"' },
      { Name: 'email', Value: `${Username}.new@example.net` },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'custom:credits', Value: '42' },
    ];
    await admin('AdminUpdateUserAttributes', { Username, UserAttributes });
  }
  await admin('CreateGroup', { GroupName: 'founded-today', Description: 'New, and already crowded', Precedence: 5 });
  await admin('DeleteGroup', { GroupName: 'newsletter' });
  for (const Username of take(CHANGES.moved))
    await admin('AdminAddUserToGroup', { Username, GroupName: 'founded-today' });
  for (const Username of take(CHANGES.disabled)) await admin('AdminDisableUser', { Username });
  for (const Username of take(CHANGES.deleted)) pool.removeUser(Username);
  for (let index = 0; index < CHANGES.created; index += 1) pool.addUser(newcomer(index));
  return CHANGES;
}

function ordinaryPeople(pool: SimulatedPool): string[] {
  const people: string[] = [];
  for (const { username, status, enabled } of pool.users()) {
    // The seeds name them `given.family.00042`.
    if (status === 'CONFIRMED' && enabled && /\.\d{5}$/.test(username)) people.push(username);
  }
  return people;
}

function newcomer(index: number) {
  const username = `newcomer.${String(index).padStart(5, '0')}`;
  return {
    username,
    attributes: [
      ['email', `${username}@example.com`],
      ['email_verified', 'true'],
      ['name', index % 2 === 0 ? 'Newcomer' : 'Новосёл 🧭'],
    ] as const,
    groups: index % 3 === 0 ? ['founded-today'] : [],
    password: 'Newcomer-Passw0rd!',
  };
}

/** One request as the SDK would send it. Throws with the name of Cognito's exception as message. */
async function call<Answer = unknown>(
  { endpoint }: Pick<DemoWorld['simulator'], 'endpoint'>,
  operation: string,
  request: object,
): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(request),
  });
  const body = (await response.json()) as { readonly __type?: string };
  if (!response.ok) throw new Error(body.__type ?? `HTTP ${response.status}`);
  return body as Answer;
}
