import type { SeededRandom } from './seeded-random.ts';

const HEX = '0123456789abcdef';

/** A UUID for request and session ids. */
export function randomUuid(random: SeededRandom): string {
  return withSecondDigit(random, HEX.charAt(random.below(16)));
}

/** A `sub` of a newer pool: the second hex digit is the same for every user of the Region. [C] COGNITO-FACTS §1. */
export function newSub(random: SeededRandom, secondDigit: string): string {
  return withSecondDigit(random, secondDigit);
}

function withSecondDigit(random: SeededRandom, digit: string): string {
  const hex = random.hex(32);
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return `${hex.charAt(0)}${digit}${hex.slice(2, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
