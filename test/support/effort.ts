/**
 * How far a sweep goes: `ordinary` in every test run, `long` under `npm run test:long`, `whole` under `npm run test:guards`,
 * `brief` once for every mutant of `npm run mutation`. One test for all, so that what runs seldom is what runs always.
 */
export function effort<Value>(choice: {
  readonly brief?: Value;
  readonly ordinary: Value;
  readonly long: Value;
  readonly whole?: Value;
}): Value {
  switch (process.env['TEST_EFFORT']) {
    case 'whole':
      return choice.whole ?? choice.long;
    case 'long':
      return choice.long;
    case 'brief':
      return choice.brief ?? choice.ordinary;
    default:
      return choice.ordinary;
  }
}
