import { isObject, type JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { shellWord } from '../../model/shell-word.ts';
import { DANGEROUS_TRIGGERS, hasTag, PROTECTED_TAG, STANDBY_TAG } from '../../plan/guards.ts';
import { isPasswordless } from '../../plan/experience.ts';
import { markOf } from '../../plan/new-pool/pool-mark.ts';
import type { DoctorFinding, Level, Topic } from './doctor-finding.ts';

/** What the pool's own settings risk, before anything is lost. */
export function judgePool(pool: PoolDescription): DoctorFinding[] {
  return [...deletionProtection(pool), ...standbyTag(pool), ...unfinishedRestore(pool), ...domains(pool), ...mfa(pool)];
}

/** What its settings would mean for a restore into it. */
export function judgeAsTarget(pool: PoolDescription, topic: Extract<Topic, 'pool' | 'target'>): DoctorFinding[] {
  return [...triggers(pool), ...recovery(pool), ...messages(pool), ...importJobs(pool), ...protectedTag(pool)].map(
    (one) => ({ ...one, topic }),
  );
}

function deletionProtection({ deletionProtection: isOn }: PoolDescription): DoctorFinding[] {
  if (isOn) return [finding('deletion-protection-on', 'ok', 'Deletion protection is on')];
  return [
    {
      ...finding('deletion-protection-off', 'warning', 'Deletion protection is off'),
      means: 'One call of DeleteUserPool takes the pool away, with every user in it',
      next: 'Turn it on in the console, or by update-user-pool with all settings: it resets what it is not told',
    },
  ];
}

function standbyTag(pool: PoolDescription): DoctorFinding[] {
  if (!hasTag(pool, STANDBY_TAG, 'standby')) return [];
  return [
    {
      ...finding('tagged-standby', 'note', `The pool is tagged ${STANDBY_TAG}=standby`),
      means:
        'A plain yes lets clean and mirror delete its users: right for a standby pool, wrong for this one if it is live',
    },
  ];
}

function unfinishedRestore(pool: PoolDescription): DoctorFinding[] {
  const mark = markOf(pool);
  if (mark?.state !== 'in-progress') return [];
  return [
    {
      ...finding('restore-unfinished', 'warning', `The pool is half made from snapshot ${mark.snapshot}`),
      means: 'A restore --new-pool was interrupted; triggers and protection come last',
      next: 'Run it again: it goes on with this pool',
      command: `cognito-backup restore ${mark.snapshot} --new-pool ${shellWord(pool.name)}`,
    },
  ];
}

function domains({ raw }: PoolDescription): DoctorFinding[] {
  const { Domain: prefix, CustomDomain: custom } = objectOf(raw);
  return [
    ...(typeof custom === 'string'
      ? [
          {
            ...finding('custom-domain', 'note', `Custom domain: ${custom}`),
            means: 'A new pool gets it once the old one is gone: a certificate in us-east-1 and a new DNS target',
          },
        ]
      : []),
    ...(typeof prefix === 'string'
      ? [
          {
            ...finding('prefix-domain', 'note', `Prefix domain: ${prefix}`),
            means: "A name is one pool's alone: free only once this pool is gone, or another name with --domain",
          },
        ]
      : []),
  ];
}

function mfa(pool: PoolDescription): DoctorFinding[] {
  if (pool.mfa !== 'ON') return [];
  return [
    {
      ...finding('mfa-required', 'note', 'MFA is required'),
      means:
        'Authenticator apps and passkeys cannot be backed up, SMS and e-mail codes only by backup --deep: whoever comes back without enrols again at the first sign-in',
    },
  ];
}

function triggers(pool: PoolDescription): DoctorFinding[] {
  const dangerous = pool.triggers.filter((name) => DANGEROUS_TRIGGERS.includes(name));
  if (dangerous.length === 0) return [];
  return [
    {
      ...finding(
        'triggers-would-fire',
        'warning',
        `Triggers would fire when users are written: ${dangerous.join(', ')}`,
      ),
      means: 'restore, import and mirror refuse to create or change users there',
      next: 'Detach them for the time of a restore, or know what they do and pass --allow-triggers',
    },
  ];
}

/** [D] COGNITO-FACTS §4: with `admin_only` nobody can use "forgot password". */
function recovery(pool: PoolDescription): DoctorFinding[] {
  if (!pool.recovery.includes('admin_only') || isPasswordless(pool)) return [];
  return [
    {
      ...finding('no-self-service', 'warning', 'Nobody can reset a password alone (recovery is admin_only)'),
      means: 'Users restored without a hash would be locked out',
      next: 'restore --passwords temporary --password-file FILE, or allow recovery by a verified contact first',
    },
  ];
}

/** [D] COGNITO-FACTS §4; the daily limit: §2, "Exceeded daily email limit". */
function messages({ raw }: PoolDescription): DoctorFinding[] {
  const document = objectOf(raw);
  const email = objectOf(document['EmailConfiguration']);
  const update = objectOf(document['UserAttributeUpdateSettings']);
  const asks = Array.isArray(update['AttributesRequireVerificationBeforeUpdate'])
    ? update['AttributesRequireVerificationBeforeUpdate']
    : [];
  return [
    ...(email['EmailSendingAccount'] === 'DEVELOPER'
      ? []
      : [
          {
            ...finding(
              'default-email',
              'note',
              "E-mail goes out by Cognito's own account, which has a small daily limit",
            ),
            means: 'After a restore everybody asks for "forgot password" at once: most of these mails would not leave',
            next: 'Set up SES in the pool before users are told',
          },
        ]),
    ...(asks.length > 0
      ? [
          {
            ...finding('verification-before-update', 'note', `Changed contacts wait for a code: ${asks.join(', ')}`),
            means:
              'restore --existing update writes contacts as verified, which by documentation sends none [unproven]',
          },
        ]
      : []),
  ];
}

/** [D] COGNITO-FACTS §3. */
function importJobs({ autoVerifiedAttributes }: PoolDescription): DoctorFinding[] {
  if (autoVerifiedAttributes.length > 0) return [];
  return [
    {
      ...finding('no-import-jobs', 'note', 'The pool verifies no contact by itself, so no import job can run there'),
      means: 'Everybody is created by the API: no password hashes, and every user is billed as monthly active',
    },
  ];
}

function protectedTag(pool: PoolDescription): DoctorFinding[] {
  if (!hasTag(pool, PROTECTED_TAG, 'true')) return [];
  return [
    {
      ...finding('tagged-protected', 'note', `The pool is tagged ${PROTECTED_TAG}=true`),
      means: 'clean, mirror and --recreate refuse it, whatever is confirmed',
    },
  ];
}

function objectOf(value: unknown): JsonObject {
  return isObject(value as JsonObject) ? (value as JsonObject) : {};
}

function finding(code: string, level: Level, found: string): DoctorFinding {
  return { topic: 'pool', code, level, found };
}
