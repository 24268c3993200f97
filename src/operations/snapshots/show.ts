import { BackupError } from '../../model/errors.ts';
import type { ConfigurationResource, ResourceKind } from '../../model/pool-configuration.ts';
import { withholdSecrets } from '../../model/resource-secrets.ts';
import { attributeOf, type User } from '../../model/user.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import { openSnapshot, type SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';

export interface SnapshotView {
  readonly state: SnapshotReader['state'];
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

/** One user of a snapshot with the names of the groups, sorted. Personal data: for the terminal, never for a log. */
export interface UserView {
  readonly user: User;
  readonly groups: readonly string[];
}

/** What the manifest says. Throws `snapshot-not-found`, `damaged`, `vault-too-new`, `not-trusted`. */
export async function showSnapshot(vault: Vault, ref: SnapshotRef, options: CallOptions = {}): Promise<SnapshotView> {
  const { state, manifest, manifestSha256 } = await openSnapshot(vault, ref, options);
  return { state, manifest, manifestSha256 };
}

/**
 * The configuration that a snapshot holds, or one kind of it. Secrets are named, never shown. Throws what `openSnapshot` and keys
 * throw.
 */
export async function showConfiguration(
  vault: Vault,
  target: { readonly ref: SnapshotRef; readonly kind?: ResourceKind | undefined },
  options: CallOptions = {},
): Promise<readonly ConfigurationResource[]> {
  const reader = await openSnapshot(vault, target.ref, options);
  const resources: ConfigurationResource[] = [];
  for await (const resource of reader.configuration()) {
    if (target.kind === undefined || resource.kind === target.kind) resources.push(withholdSecrets(resource));
  }
  return resources;
}

/**
 * Every user whose username, `sub`, e-mail address or phone number is `key` (e-mail addresses without regard to case).
 * Reads the whole snapshot. Throws `user-not-found`, and what `openSnapshot` and keys throw.
 */
export async function showUser(
  vault: Vault,
  target: { readonly ref: SnapshotRef; readonly key: string },
  options: CallOptions = {},
): Promise<readonly UserView[]> {
  const reader = await openSnapshot(vault, target.ref, options);
  const groupsOf = new Map<string, string[]>();
  const users: User[] = [];
  for await (const user of reader.users()) {
    if (!answersTo(user, target.key)) continue;
    users.push(user);
    groupsOf.set(user.sub, []);
  }
  if (users.length === 0) {
    throw new BackupError('user-not-found', `No such user in snapshot ${target.ref.id}`, {
      hint: 'Name the user by username, e-mail address, phone number or sub',
    });
  }
  for await (const { sub, group } of reader.memberships()) groupsOf.get(sub)?.push(group);
  return users.map((user) => ({ user, groups: (groupsOf.get(user.sub) ?? []).sort() }));
}

function answersTo(user: User, key: string): boolean {
  if (user.username === key || user.sub === key || attributeOf(user, 'phone_number') === key) return true;
  return attributeOf(user, 'email')?.toLowerCase() === key.toLowerCase();
}
