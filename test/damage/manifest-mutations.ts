import type { PartEntry } from '../../src/snapshot/manifest.ts';
import type { Json } from './sample-vault.ts';

/** A manifest that somebody changed: as text, digest and all; or as a value, with the digest made right again. */
export type Mutation = readonly [name: string, change: (text: string) => string | Uint8Array];
export type Forgery = readonly [name: string, change: (body: Json) => void];

/** Changes of the bytes. Most keep the value that JSON.parse reads; the digest cannot tell those, the layout has to. */
export const TEXT_MUTATIONS: readonly Mutation[] = [
  ['empty file', () => ''],
  ['only a line feed', () => '\n'],
  ['not JSON', () => 'PK\u0003\u0004'],
  ['half of it', (text) => text.slice(0, text.length / 2)],
  ['twice one after the other', (text) => text + text],
  ['null', () => 'null\n'],
  ['a number', () => '1\n'],
  ['a string', () => '"manifest"\n'],
  ['an array', (text) => `[${text}]`],
  ['an empty object', () => '{}\n'],
  ['no digest', (text) => text.replace(/ {2}"digest": "[0-9a-f]{64}",\n/, '')],
  ['a digest of zeros', (text) => text.replace(/"digest": "[0-9a-f]{64}"/, `"digest": "${'0'.repeat(64)}"`)],
  [
    'a digest in capitals',
    (text) => text.replace(/"digest": "([0-9a-f]{64})"/, (found) => found.toUpperCase().replace('DIGEST', 'digest')),
  ],
  ['a digest that is a number', (text) => text.replace(/"digest": "[0-9a-f]{64}"/, '"digest": 1')],
  ['a short digest', (text) => text.replace(/("digest": "[0-9a-f]{32})[0-9a-f]{32}"/, '$1"')],
  ['a byte order mark', (text) => `\ufeff${text}`],
  ['UTF-16', (text) => Buffer.from(text, 'utf16le')],
  [
    'bytes that are no UTF-8',
    (text) => Buffer.concat([Buffer.from(text.replace('customers', 'custom')), Buffer.of(0xff)]),
  ],
  ['a wrong byte inside a string', (text) => replaceBytes(text, 'customers', Buffer.from([0x63, 0xc3, 0x28]))],
  ['a blank at the end', (text) => `${text} `],
  ['a second line feed at the end', (text) => `${text}\n`],
  ['no line feed at the end', (text) => text.trimEnd()],
  ['a NUL at the end', (text) => `${text}\0`],
  ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['tabs', (text) => text.replaceAll('  ', '\t')],
  ['no white space', (text) => `${JSON.stringify(JSON.parse(text))}\n`],
  ['four blanks', (text) => `${JSON.stringify(JSON.parse(text), undefined, 4)}\n`],
  ['keys in another order', (text) => `${JSON.stringify(reversed(JSON.parse(text)), undefined, 2)}\n`],
  [
    'a key twice, the same value',
    (text) => text.replace('"encoding": "gzip",', '"encoding": "gzip",\n  "encoding": "gzip",'),
  ],
  [
    'a key twice, a lie first',
    (text) => text.replace('"status": "complete"', '"status": "suspect",\n  "status": "complete"'),
  ],
  [
    'a key twice, a lie last',
    (text) => text.replace('"status": "complete"', '"status": "complete",\n  "status": "suspect"'),
  ],
  ['a key twice inside', (text) => text.replace('"users": 6', '"users": 7,\n    "users": 6')],
  ['an escaped letter', (text) => text.replace('"customers"', '"\\u0063ustomers"')],
  ['an escaped key', (text) => text.replace('"status"', '"st\\u0061tus"')],
  ['an escaped slash', (text) => text.replace('users/3', 'users\\/3')],
  ['1e0 for 1', (text) => text.replace('"format": 1,', '"format": 1e0,')],
  ['1.0 for 1', (text) => text.replace('"format": 1,', '"format": 1.0,')],
  ['-0 for 0', (text) => text.replace('"throttles": 0', '"throttles": -0')],
  ['0.6e1 for 6', (text) => text.replace('"users": 6', '"users": 0.6e1')],
  ['a number of many digits', (text) => text.replace('"users": 6', `"users": 6.${'0'.repeat(40)}`)],
  ['a comment', (text) => text.replace('{', '{ // manifest')],
  ['a comma too many', (text) => text.replace(/\n\}\n$/, ',\n}\n')],
  ['Infinity', (text) => text.replace('"users": 6', '"users": 1e999')],
  ['NaN', (text) => text.replace('"users": 6', '"users": NaN')],
  [
    'nesting of 100,000 levels',
    () => `{"digest":"${'0'.repeat(64)}","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ],
  [
    'objects in objects, 100,000 deep',
    () => `{"digest":"${'0'.repeat(64)}","a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
  ],
  ['twenty thousand keys', () => `{"digest":"x",${Array.from({ length: 20_000 }, (_, n) => `"k${n}":0`).join(',')}}`],
  ['an own __proto__ beside', (text) => text.replace('{', '{\n  "__proto__": {"status": "complete"},')],
  ['the status changed', (text) => text.replace('"status": "complete"', '"status": "suspect"')],
  ['a total changed', (text) => text.replace('"users": 6', '"users": 5')],
  ['the pool changed', (text) => text.replaceAll('eu-central-1_AbCdEfGhI', 'eu-central-1_AbCdEfGhJ')],
  ['no parts', (text) => text.replace(/"parts": \[[^\]]*\]/, '"parts": []')],
];

const part = (body: Json, kind: string): Json => body.parts.find((entry: PartEntry) => entry.kind === kind);
const pathed =
  (path: string, kind = 'users') =>
  (body: Json) =>
    void (part(body, kind).path = path);
const set =
  (...path: readonly (string | number)[]) =>
  (value: unknown) =>
  (body: Json) => {
    let at = body;
    for (const name of path.slice(0, -1)) at = at[name];
    Object.defineProperty(at, path.at(-1)!, { value, enumerable: true, configurable: true, writable: true });
  };
const own = (name: string, value: unknown) => (target: Json) =>
  void Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });

const NUMBERS: readonly [string, unknown][] = [
  ['negative', -1],
  ['a fraction', 1.5],
  ['huge', 1e300],
  ['2^53', 2 ** 53],
  ['a string', '1'],
  ['null', null],
  ['true', true],
  ['an array', [1]],
  ['an object', {}],
];
const STRINGS: readonly [string, unknown][] = [
  ['a number', 7],
  ['null', null],
  ['an array', ['x']],
  ['empty', ''],
];

/** Every number and string that has a rule, in every wrong form. */
const FIELDS: readonly Forgery[] = [
  ...NUMBERS.flatMap(([what, value]): Forgery[] => [
    [`totals.users ${what}`, set('totals', 'users')(value)],
    [`totals.byStatus.CONFIRMED ${what}`, set('totals', 'byStatus', 'CONFIRMED')(value)],
    [`totals.enabled ${what}`, set('totals', 'enabled')(value)],
    [`totals.memberships ${what}`, set('totals', 'memberships')(value)],
    [`parts.0.records ${what}`, set('parts', 0, 'records')(what === 'huge' ? 1e15 : value)],
    [`parts.3.sizeBytes ${what}`, set('parts', 3, 'sizeBytes')(value)],
    [`parts.3.plainBytes ${what}`, set('parts', 3, 'plainBytes')(value)],
    [`listing.shards ${what}`, set('listing', 'shards')(value)],
    [`format ${what}`, set('format')(what === 'a fraction' ? 0.5 : what === 'huge' || what === '2^53' ? 0 : value)],
  ]),
  ...STRINGS.flatMap(([what, value]): Forgery[] => [
    [`snapshotId ${what}`, set('snapshotId')(value)],
    [`vaultId ${what}`, set('vaultId')(value)],
    [`pool.id ${what}`, set('pool', 'id')(value)],
    [`pool.region ${what}`, set('pool', 'region')(value)],
    [`toolVersion ${what}`, set('toolVersion')(value)],
    [`status ${what}`, set('status')(value)],
    [`encoding ${what}`, set('encoding')(value)],
    [`window.startedAt ${what}`, set('window', 'startedAt')(value)],
    [`window.endedAt ${what}`, set('window', 'endedAt')(value)],
    [`parts.2.sha256 ${what}`, set('parts', 2, 'sha256')(value)],
    [`parts.2.plainSha256 ${what}`, set('parts', 2, 'plainSha256')(value)],
    [`parts.2.kind ${what}`, set('parts', 2, 'kind')(value)],
    [`parts.2.shard ${what}`, set('parts', 2, 'shard')(value)],
  ]),
  ...['parts', 'warnings', 'notCaptured', 'totals', 'pool', 'window', 'listing', 'calls'].flatMap(
    (field): Forgery[] => [
      [`${field} missing`, (body) => void delete body[field]],
      [`${field} null`, set(field)(null)],
      [`${field} a string`, set(field)('x')],
      [`${field} of the other kind of brackets`, (body) => void (body[field] = Array.isArray(body[field]) ? {} : [])],
    ],
  ),
];

const PATHS: readonly Forgery[] = [
  '../../../../etc/passwd',
  '../20261122T120000Z-000000/users/3-00000000-000000.jsonl.gz',
  'users/../pool.json.gz',
  '/etc/passwd',
  '/users/3-00000000-000000.jsonl.gz',
  'C:\\users\\3-00000000-000000.jsonl.gz',
  'users\\3-00000000-000000.jsonl.gz',
  'file:///etc/passwd',
  'https://example.com/users/3-00000000-000000.jsonl.gz',
  'users/3-00000000-000000.jsonl.gz\0',
  'users/3-00000000-000000.jsonl.gz\n',
  ' users/3-00000000-000000.jsonl.gz',
  './users/3-00000000-000000.jsonl.gz',
  'users//3-00000000-000000.jsonl.gz',
  'users/3-00000000-000000.jsonl.gz/',
  'USERS/3-00000000-000000.jsonl.gz',
  'users/g-00000000-000000.jsonl.gz',
  'users/33-00000000-000000.jsonl.gz',
  'users/3-0000000-000000.jsonl.gz',
  'users/3-00000000-1.jsonl.gz',
  'users/3-00000000-000000.jsonl',
  'users/３-00000000-000000.jsonl.gz',
  'users/\u202e3-00000000-000000.jsonl.gz',
  'manifest.json',
  'checkpoint.json',
  'accepted.json',
  '__proto__',
  'constructor',
  '',
].map((path): Forgery => [`a part at ${JSON.stringify(path)}`, pathed(path)]);

/** Values that hold together by themselves and are lies all the same; each has the digest that it ought to have. */
export const FORGERIES: readonly Forgery[] = [
  ...FIELDS,
  ...PATHS,
  ['format 0', set('format')(0)],
  ['format missing', (body) => void delete body.format],
  ['an unknown field', set('comment')('hello')],
  ['an unknown field in totals', set('totals', 'admins')(1)],
  ['an unknown field in a part', set('parts', 2, 'compression')('zstd')],
  ['an unknown field in the pool', set('pool', 'owner')('me')],
  ['an unknown status of users', set('totals', 'byStatus', 'SUPERUSER')(0)],
  ['an unknown status of the snapshot', set('status')('accepted')],
  ['an unknown encoding', set('encoding')('zstd')],
  ['an unknown mode', set('listing', 'mode')('double')],
  ['an unknown consistency', set('window', 'consistency')('exact')],
  ['encryption that is none', set('encryption')({})],
  ['encryption by name', set('encryption')('age')],
  ['an own __proto__', (body) => own('__proto__', { polluted: true })(body)],
  ['an own constructor', (body) => own('constructor', { prototype: { polluted: true } })(body)],
  ['__proto__ in totals', (body) => own('__proto__', { users: 6 })(body.totals)],
  ['__proto__ among the statuses', (body) => own('__proto__', 0)(body.totals.byStatus)],
  ['__proto__ among the calls', (body) => own('__proto__', { polluted: true })(body.calls)],
  ['__proto__ in a part', (body) => own('__proto__', { path: 'x' })(body.parts[2])],
  ['a part as an array', (body) => void (body.parts[2] = Object.values(body.parts[2]))],
  ['a part that is null', (body) => void (body.parts[2] = null)],
  ['no parts', set('parts')([])],
  ['no pool part', (body) => void body.parts.shift()],
  ['the pool twice', (body) => void body.parts.unshift(body.parts[0])],
  ['the groups twice', (body) => void body.parts.splice(1, 0, part(body, 'groups'))],
  ['a part of users twice', (body) => void body.parts.splice(2, 0, part(body, 'users'))],
  [
    'a part of users twice, totals raised',
    (body) => {
      const entry = part(body, 'users');
      body.parts.splice(2, 0, entry);
      body.totals.users += entry.records;
      body.totals.enabled += entry.records;
      body.totals.byStatus.CONFIRMED += entry.records;
    },
  ],
  ['a part dropped', (body) => void body.parts.splice(2, 1)],
  ['the last part dropped', (body) => void body.parts.pop()],
  [
    'a part dropped, users lowered',
    (body) => {
      const [entry] = body.parts.splice(2, 1);
      body.totals.users -= entry.records;
    },
  ],
  ['parts in another order', (body) => void body.parts.reverse()],
  ['a part called another kind', (body) => void (part(body, 'users').kind = 'memberships')],
  ['a part with the shard of another', (body) => void (part(body, 'users').shard = '5')],
  ['a pool with a shard', set('parts', 0, 'shard')('0')],
  ['users without a shard', (body) => void delete part(body, 'users').shard],
  [
    'a whole listing in one shard',
    (body) => void Object.assign(part(body, 'users'), { path: 'users/all-00000000-000000.jsonl.gz', shard: 'all' }),
  ],
  [
    'memberships of a lane that no group is in',
    (body) =>
      void Object.assign(part(body, 'memberships'), { path: 'memberships/9-00000000-000000.jsonl.gz', shard: '9' }),
  ],
  ['records 0', set('parts', 2, 'records')(0)],
  ['plainBytes beyond the cap', set('parts', 2, 'plainBytes')(256 * 1024 * 1024 + 1)],
  ['sizeBytes beyond what gzip makes', set('parts', 2, 'sizeBytes')(10 ** 12)],
  ['more records than any part has', set('parts', 2, 'records')(2_000_000)],
  ['the mode changed', set('listing', 'mode')('single')],
  ['the number of shards changed', set('listing', 'shards')(15)],
  ['a second pass that nobody made', set('listing', 'secondPass')(true)],
  ['users raised', (body) => void (body.totals.users += 1)],
  [
    'users raised with their statuses',
    (body) => {
      body.totals.users += 1;
      body.totals.enabled += 1;
      body.totals.byStatus.CONFIRMED += 1;
    },
  ],
  ['factors of more users than it has', set('totals', 'factors')(7)],
  ['enabled raised alone', (body) => void (body.totals.enabled += 1)],
  ['disabled raised alone', (body) => void (body.totals.disabled += 1)],
  ['groups raised', (body) => void (body.totals.groups += 1)],
  ['memberships raised', (body) => void (body.totals.memberships += 1)],
  ['orphans raised', (body) => void (body.totals.orphans += 1)],
  ['a status with no users', set('totals', 'byStatus', 'ARCHIVED')(0)],
  ['statuses that do not add up', (body) => void (body.totals.byStatus.CONFIRMED -= 1)],
  ['suspect without a drop', set('status')('suspect')],
  ['complete in spite of a drop', (body) => void (body.previous.users = 500)],
  [
    'suspect without its warning',
    (body) => {
      body.status = 'suspect';
      body.previous.users = 500;
    },
  ],
  [
    'itself as what it supersedes',
    (body) => void (body.supersedes = { snapshotId: body.snapshotId, users: body.totals.users }),
  ],
  [
    'another moment as what it supersedes',
    (body) => void (body.supersedes = { snapshotId: '20200101T000000Z-000000', users: body.totals.users }),
  ],
  [
    'fewer users listed than it holds',
    (body) =>
      void (body.supersedes = { snapshotId: `${body.snapshotId.slice(0, 17)}ffffff`, users: body.totals.users - 1 }),
  ],
  [
    'so many users listed that a second pass does not add up, or a drop that hides',
    (body) => {
      body.supersedes = { snapshotId: `${body.snapshotId.slice(0, 17)}ffffff`, users: body.totals.users };
      body.previous = { snapshotId: '20200101T000000Z-000000', users: 9_999 };
    },
  ],
  ['itself as the snapshot before', (body) => void (body.previous.snapshotId = body.snapshotId)],
  ['a snapshot before with no users given', (body) => void delete body.previous.users],
  ['a snapshot before with a name that is none', (body) => void (body.previous.snapshotId = '../x')],
  ['the id of another snapshot', set('snapshotId')('20261122T130000Z-abcdef')],
  ['an id that is none', set('snapshotId')('../../x')],
  ['another pool', set('pool', 'id')('eu-central-1_Foreign99')],
  ['a pool id that is none', set('pool', 'id')('../x')],
  ['another Region', set('pool', 'region')('us-east-1')],
  ['another vault', set('vaultId')('0'.repeat(32))],
  ['begun at another time', set('window', 'startedAt')('2020-01-01T00:00:00.000Z')],
  ['a date without a zone', set('window', 'startedAt')('2026-11-22T14:00:00.000')],
  ['a date with an offset', set('window', 'startedAt')('2026-11-22T14:00:00.000+01:00')],
  ['a date that there is not', set('window', 'endedAt')('2026-02-30T00:00:00.000Z')],
  ['half a character in the version', set('toolVersion')('0.1.0-\ud800')],
  ['a NUL in the version', set('toolVersion')('0.1.0\0')],
  ['an escape sequence in the version', set('toolVersion')('0.1.0\u001b[2J')],
  ['a warning that is a string', set('warnings')(['x'])],
  ['a warning with a field too many', set('warnings')([{ code: 'x', message: 'y', link: 'z' }])],
  ['a resource more', set('configuration', 'mfa')(2)],
  ['no resource of a kind', set('configuration', 'domain')(0)],
  ['a kind that there is not', set('configuration', 'coffee')(0)],
  ['no counts of its configuration', (body) => void delete body.configuration],
  ['no part with its configuration', (body) => void body.parts.splice(1, 1)],
  ['something not captured for no reason', set('notCaptured')([{ kind: 'client' }])],
  ['something not captured that there is not', set('notCaptured')([{ kind: 'coffee', reason: 'refused' }])],
  ['what was not captured by name alone', set('notCaptured')(['passwords'])],
  ['what was not captured as numbers', set('notCaptured')([1])],
  ['calls below nothing', set('calls', 'UserList')(-5)],
];

/** Lies about parts that are there and whole: only the parts tell. */
export const HASH_FORGERIES: readonly Forgery[] = [
  ['the stored SHA-256 of another part', (body) => void (part(body, 'users').sha256 = 'a'.repeat(64))],
  ['the content SHA-256 of nothing', (body) => void (part(body, 'users').plainSha256 = 'b'.repeat(64))],
  ['one byte more stored', (body) => void (body.parts[2].sizeBytes += 1)],
  ['one byte less stored', (body) => void (body.parts[2].sizeBytes -= 1)],
  ['one byte more unpacked', (body) => void (body.parts[2].plainBytes += 1)],
  ['one byte less unpacked', (body) => void (body.parts[2].plainBytes -= 1)],
  ['a tiny size unpacked', (body) => void (body.parts[2].plainBytes = 1)],
  ['a part that nobody wrote', (body) => void (part(body, 'users').path = 'users/3-00000000-000000.jsonl.gz')],
];

function reversed(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).reverse());
}

function replaceBytes(text: string, find: string, put: Uint8Array): Uint8Array {
  const bytes = Buffer.from(text);
  const at = bytes.indexOf(find);
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + find.length)]);
}
