/** How bad it is, from fine to bad. */
export const LEVELS = ['ok', 'note', 'warning', 'problem'] as const;
export type Level = (typeof LEVELS)[number];

/** Where a finding belongs. */
export const TOPICS = ['permissions', 'quotas', 'pool', 'vault', 'target'] as const;
export type Topic = (typeof TOPICS)[number];

/** One thing that the doctor has looked at, and what it means. Holds no personal data. */
export interface DoctorFinding {
  readonly topic: Topic;
  /** Stays the same from version to version, for programs. */
  readonly code: string;
  readonly level: Level;
  /** What was found, in one line. */
  readonly found: string;
  /** What follows from it. */
  readonly means?: string;
  /** What to do about it, in words. */
  readonly next?: string;
  /** What to type; where it reads or writes a vault, `--vault` is left to whoever knows it. */
  readonly command?: string;
}

export function worstOf(findings: readonly Pick<DoctorFinding, 'level'>[]): Level {
  return findings.reduce<Level>((worst, { level }) => (isWorse(level, worst) ? level : worst), 'ok');
}

/** The worst first; what is alike stays in its order. */
export function byLevel(findings: readonly DoctorFinding[]): readonly DoctorFinding[] {
  return [...findings].sort((one, other) => LEVELS.indexOf(other.level) - LEVELS.indexOf(one.level));
}

export function countLevels(findings: readonly DoctorFinding[]): { readonly [L in Level]: number } {
  const counts = { ok: 0, note: 0, warning: 0, problem: 0 };
  for (const { level } of findings) counts[level] += 1;
  return counts;
}

function isWorse(level: Level, than: Level): boolean {
  return LEVELS.indexOf(level) > LEVELS.indexOf(than);
}
