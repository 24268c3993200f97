import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListUsersCommand, ListUsersInGroupCommand } from '@aws-sdk/client-cognito-identity-provider';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/support/effort.ts';
import { createCognitoClient } from '../client.ts';
import { parseUserLists } from './user-lists.ts';

let server: Server;
let endpoint: string;
let body = '';
let status = 200;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function clients() {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const [plain, ours] = [0, 1].map(() => createCognitoClient({ region: 'eu-central-1', endpoint, credentials }));
  parseUserLists(ours!);
  return { plain: plain!, ours: ours! };
}

/** What a caller sees: the answer, or the kind of the error. */
async function outcome(sending: Promise<object>): Promise<unknown> {
  try {
    const { $metadata: _metadata, ...answer } = (await sending) as { readonly $metadata: unknown };
    return answer;
  } catch (error) {
    return { error: (error as Error).name };
  }
}

const text = fc.string({ unit: 'binary', maxLength: 20 });
const date = fc.oneof(
  fc.integer({ min: 0, max: 4_000_000_000 }),
  fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => ms / 1_000),
);
const attribute = fc.record({ Name: text, Value: text }, { requiredKeys: ['Name'] });
const user = fc.record(
  {
    Username: text,
    Attributes: fc.array(attribute, { maxLength: 5 }),
    UserCreateDate: date,
    UserLastModifiedDate: date,
    Enabled: fc.boolean(),
    UserStatus: fc.constantFrom('CONFIRMED', 'EXTERNAL_PROVIDER', 'A_NEW_ONE'),
    MFAOptions: fc.array(fc.record({ DeliveryMedium: text, AttributeName: text }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

describe('parseUserLists', () => {
  it("reads every list as the SDK's own deserialiser does", async () => {
    const { plain, ours } = clients();
    const answer = fc.record(
      { Users: fc.array(user, { maxLength: 4 }), PaginationToken: text, NextToken: text },
      { requiredKeys: ['Users'] },
    );
    status = 200;
    await fc.assert(
      fc.asyncProperty(answer, fc.boolean(), async (value, inGroup) => {
        // A command knows the token of its own operation alone.
        const { PaginationToken: token, NextToken: next, Users } = value;
        body = JSON.stringify({ Users, ...(inGroup ? { NextToken: next } : { PaginationToken: token }) });
        const command = () =>
          inGroup
            ? new ListUsersInGroupCommand({ UserPoolId: 'p', GroupName: 'g' })
            : new ListUsersCommand({ UserPoolId: 'p' });
        const [theirs, own] = [
          await outcome(plain.send(command() as ListUsersCommand)),
          await outcome(ours.send(command() as ListUsersCommand)),
        ];
        expect(own).toEqual(theirs);
      }),
      { numRuns: effort({ ordinary: 50, long: 2_000 }) },
    );
  });

  it.each([
    ['a document that is none', 200, '{"Users":[{"Username":"a'],
    ['no document', 200, ''],
    ['HTML', 200, '<html></html>'],
    ['a list without a list', 200, '{}'],
    ['a refusal', 400, '{"__type":"TooManyRequestsException","message":"Rate exceeded"}'],
    ['a refusal that looks like a list', 400, '{"__type":"InvalidParameterException","Users":[]}'],
    ['HTML of a proxy', 502, '<html></html>'],
  ])('leaves to the SDK: %s', async (_what, code, answer) => {
    const { plain, ours } = clients();
    status = code;
    body = answer;
    const command = () => new ListUsersCommand({ UserPoolId: 'p' });
    expect(await outcome(ours.send(command()))).toEqual(await outcome(plain.send(command())));
  });
});
