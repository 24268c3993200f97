/**
 * Ranges that the regulators keep for films and books; nobody can be reached there. As [prefix, digits after it].
 * Sources, 2026-11: Arcep (France), Ofcom (UK), Bundesnetzagentur (Germany), NANPA (555-0100 to 555-0199).
 */
const FICTIONAL_RANGES: readonly (readonly [prefix: string, digits: number])[] = [
  ['+3363998', 4],
  ['+3319900', 4],
  ['+3326191', 4],
  ['+3335301', 4],
  ['+3346571', 4],
  ['+3353649', 4],
  ['+447700900', 3],
  ['+442079460', 3],
  ['+441134960', 3],
  ['+441174960', 3],
  ['+441214960', 3],
  ['+441614960', 3],
  ['+493023125', 3],
  ['+496990009', 3],
  ['+494066969', 3],
  ['+492214710', 3],
  ['+498999998', 3],
  ['+120255501', 2],
  ['+121255501', 2],
  ['+131255501', 2],
  ['+141555501', 2],
  ['+151255501', 2],
  ['+161755501', 2],
  ['+170255501', 2],
  ['+180855501', 2],
];

/** How many different numbers there are. */
export const FICTIONAL_PHONE_NUMBERS = FICTIONAL_RANGES.reduce((sum, [, digits]) => sum + 10 ** digits, 0);

/** A prime that does not divide the number of numbers: neighbours come from different places. */
const STRIDE = 30_011;

/** The index-th fictional number in E.164 form; different for different indexes. Throws RangeError past the last. */
export function fictionalPhoneNumber(index: number): string {
  if (!Number.isInteger(index) || index < 0 || index >= FICTIONAL_PHONE_NUMBERS) {
    throw new RangeError(`There are ${FICTIONAL_PHONE_NUMBERS} fictional phone numbers`);
  }
  let place = (index * STRIDE) % FICTIONAL_PHONE_NUMBERS;
  for (const [prefix, digits] of FICTIONAL_RANGES) {
    if (place < 10 ** digits) return prefix + String(place).padStart(digits, '0');
    place -= 10 ** digits;
  }
  throw new RangeError('Unreachable: the ranges add up');
}
