/**
 * How far a sweep goes: `ordinary` in every test run, `long` under `npm run test:long`, `brief` once for every mutant of
 * `npm run mutation`. One test for all, so that what runs seldom is what runs always.
 */
export function effort<Value>(choice: {
  readonly brief?: Value;
  readonly ordinary: Value;
  readonly long: Value;
}): Value {
  switch (process.env['TEST_EFFORT']) {
    case 'long':
      return choice.long;
    case 'brief':
      return choice.brief ?? choice.ordinary;
    default:
      return choice.ordinary;
  }
}
