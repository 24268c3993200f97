import { readFile, rename, unlink } from 'node:fs/promises';
import { BackupError } from '../model/errors.ts';
import type { HandOver } from '../plan/new-pool/hand-over.ts';
import { createPrivateFile } from './private-file.ts';

/** What an application needs to know of its pool, as lines `NAME=value`; client secrets stand in it. */
export function envLines(
  handOver: HandOver,
  { snapshot, secrets }: { readonly snapshot: string; readonly secrets: ReadonlyMap<string, string> },
): readonly string[] {
  const { region, pool, arn, issuer, jwksUrl, domains, clients } = handOver;
  const names = new Map<string, number>();
  const nameOf = (client: string): string => {
    const name =
      client
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, '_')
        .replace(/^_+|_+$/g, '') || 'CLIENT';
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  };
  const domain = (domains.find(({ kind }) => kind === 'custom') ?? domains[0])?.new;
  return [
    markOf(snapshot),
    `COGNITO_REGION=${region.new}`,
    `COGNITO_USER_POOL_ID=${pool.new}`,
    `COGNITO_USER_POOL_ARN=${arn.new}`,
    `COGNITO_ISSUER=${issuer.new}`,
    `COGNITO_JWKS_URL=${jwksUrl.new}`,
    ...(domain === undefined ? [] : [`COGNITO_DOMAIN=${domain}`]),
    ...clients.flatMap(({ name, newId }) => {
      const variable = nameOf(name);
      const secret = secrets.get(newId);
      return [
        `COGNITO_CLIENT_ID_${variable}=${newId}`,
        ...(secret === undefined ? [] : [`COGNITO_CLIENT_SECRET_${variable}=${secret}`]),
      ];
    }),
  ];
}

/** Throws `usage` where another file is in the way; one that this restore wrote before may be replaced. */
export async function checkEnvFile(path: string, snapshot: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new BackupError('usage', `Cannot write the env file ${JSON.stringify(path)}: something else is there`, {
      hint: 'Name a new file',
      cause: error,
    });
  }
  if (text.startsWith(`${markOf(snapshot)}\n`)) return;
  throw new BackupError('usage', `Cannot write the env file ${JSON.stringify(path)}: it exists already`, {
    hint: 'Name a new file: what the one there holds may still be needed',
  });
}

/** Writes it with mode 0600, whole or not at all. */
export async function writeEnvFile(path: string, lines: readonly string[]): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await unlink(temporary).catch(() => undefined);
  const file = await createPrivateFile(temporary, 'env file');
  try {
    await file.writeFile(`${lines.join('\n')}\n`);
    await file.datasync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw new BackupError('storage-failed', `Cannot write the env file ${JSON.stringify(path)}`, {
      hint: 'The pool is made: run the same command again with another --write-env, it writes the file alone',
      cause: error,
    });
  }
}

function markOf(snapshot: string): string {
  return `# cognito-backup restore --new-pool of ${snapshot}`;
}
