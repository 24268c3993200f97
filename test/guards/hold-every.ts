const SHOWN = 10;
/** A long sweep is silent for an hour otherwise: how far it is, and the first that are broken as soon as they are. */
const TOLD_EVERY = 1_000;

/** Runs every case; answers how many differ from what is promised of them, and describes the first of those. */
export async function holdEvery<Case extends object>(
  what: string,
  cases: readonly Case[],
  breachesOf: (one: Case, index: number) => Promise<readonly string[]>,
): Promise<string> {
  if (cases.length === 0) return 'There is no case to hold';
  const broken: string[] = [];
  for (const [index, one] of cases.entries()) {
    const breaches = await breachesOf(one, index).catch((error: unknown) => [String(error)]);
    if (breaches.length > 0) {
      const described = [JSON.stringify(one), ...breaches].join('\n  ');
      if (broken.push(described) <= SHOWN) process.stdout.write(`${described}\n`);
    }
    const done = index + 1;
    if (done % TOLD_EVERY === 0) process.stdout.write(`${what}: ${done} of ${cases.length} cases\n`);
  }
  if (broken.length === 0) return '';
  return [`${broken.length} of ${cases.length} cases`, ...broken.slice(0, SHOWN)].join('\n');
}
