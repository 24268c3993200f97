import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DIGITS, markedEmail, markedSub, marked } from './marks.ts';

export interface Echo {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A service that answers everything with what it was told last. */
export interface EchoingService {
  readonly endpoint: string;
  answer(echo: Echo): void;
  stop(): Promise<void>;
}

export async function startEchoingService(): Promise<EchoingService> {
  let echo: Echo = { status: 500, body: '' };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, type = 'application/x-amz-json-1.1', headers, body } = echo;
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (next) => {
      echo = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What services and what stands before them say of a request, quoting it. */
export const QUOTE = `${markedEmail('quoted')}: 1 validation error detected: Value '${markedEmail('quoted')}' (${marked('quoted')}, +1${DIGITS}, ${markedSub(1)}) failed to satisfy constraint\n    at ${markedEmail('like-a-frame')}\n    at ${markedEmail('frame')} (file:///x.ts:1:1)`;

/** Every refusal of the API's model, and those that stand before it. Source: SDK 3.1169, 2026-11. */
const REFUSALS = [
  'AccessDeniedException',
  'AliasExistsException',
  'CodeDeliveryFailureException',
  'ConcurrentModificationException',
  'EnableSoftwareTokenMFAException',
  'ExpiredTokenException',
  'ForbiddenException',
  'GroupExistsException',
  'InternalErrorException',
  'InvalidLambdaResponseException',
  'InvalidParameterException',
  'InvalidPasswordException',
  'InvalidSignatureException',
  'InvalidSmsRoleTrustRelationshipException',
  'LimitExceededException',
  'NotAuthorizedException',
  'PasswordHistoryPolicyViolationException',
  'PreconditionNotMetException',
  'ResourceNotFoundException',
  'SerializationException',
  'TooManyRequestsException',
  'UnexpectedLambdaException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'UnsupportedUserStateException',
  'UserImportInProgressException',
  'UserLambdaValidationException',
  'UserNotFoundException',
  'UsernameExistsException',
  'ValidationException',
];

const json = (value: unknown): string => JSON.stringify(value);

/** Answers of Cognito, and of what answers in its place, that quote somebody. */
export const COGNITO_ECHOES: readonly (readonly [what: string, echo: Echo])[] = [
  ...REFUSALS.map((name): [string, Echo] => [
    name,
    {
      status: name.startsWith('Internal') ? 500 : 400,
      headers: { 'x-amzn-requestid': '8f3f2f4e-1111-4222-8333-444455556666' },
      body: json({ __type: name, message: QUOTE, Message: QUOTE, username: markedEmail('field'), [QUOTE]: QUOTE }),
    },
  ]),
  ['a refusal named by a header', { status: 400, headers: { 'x-amzn-errortype': 'OddException' }, body: json(QUOTE) }],
  ['a refusal named by what it quotes', { status: 400, body: json({ __type: `It is ${QUOTE}`, message: QUOTE }) }],
  ['a gateway', { status: 502, type: 'text/html', body: `<html><title>${QUOTE}</title></html>` }],
  ['a text', { status: 503, type: 'text/plain', body: QUOTE }],
  ['a text with status 400', { status: 400, type: 'text/plain', body: QUOTE }],
  ['a text with status 200', { status: 200, body: QUOTE }],
  ['half a document', { status: 200, body: json({ User: QUOTE }).slice(0, -9) }],
  ['a document of the wrong kind', { status: 200, body: json([QUOTE]) }],
  [
    'fields of the wrong kind',
    { status: 200, body: json({ Users: QUOTE, User: QUOTE, UserPool: QUOTE, Groups: QUOTE }) },
  ],
  [
    'a user of the wrong kind',
    {
      status: 200,
      body: json({
        Users: [{ Username: markedEmail('wrong'), UserStatus: QUOTE, Attributes: [{ Name: QUOTE, Value: 5 }] }],
        User: { Username: QUOTE, UserCreateDate: QUOTE },
      }),
    },
  ],
  ['dates that are none', { status: 200, body: json({ Users: [user({ UserCreateDate: QUOTE })], User: user({}) }) }],
  [
    'a redirect',
    { status: 302, headers: { location: `http://127.0.0.1:9/${encodeURIComponent(QUOTE)}` }, body: QUOTE },
  ],
];

function user(more: object): object {
  return {
    Username: markedEmail('u'),
    UserStatus: 'CONFIRMED',
    Enabled: true,
    Attributes: [],
    UserCreateDate: 1,
    ...more,
  };
}

const xml = (code: string): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${QUOTE.replace(/[<>&]/g, '')}</Message><Key>${QUOTE}</Key></Error>`;

/** The same of S3. */
export const S3_ECHOES: readonly (readonly [what: string, echo: Echo])[] = [
  ...['AccessDenied', 'NoSuchBucket', 'SlowDown', 'InternalError', 'InvalidRequest', 'ExpiredToken', 'Odd'].map(
    (code): [string, Echo] => [
      code,
      { status: code === 'SlowDown' ? 503 : 403, type: 'application/xml', body: xml(code) },
    ],
  ),
  ['a code that quotes', { status: 400, type: 'application/xml', body: xml(`It is ${markedEmail('code')}`) }],
  ['a web page', { status: 200, type: 'text/html', body: `<html><meta a>${QUOTE}<br></html>` }],
  ['a web page with status 403', { status: 403, type: 'text/html', body: `<html><meta a>${QUOTE}<br></html>` }],
  ['a text', { status: 200, type: 'text/plain', body: QUOTE }],
  ['JSON', { status: 400, type: 'application/json', body: json({ message: QUOTE }) }],
];
