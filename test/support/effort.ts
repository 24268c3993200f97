/**
 * How far a sweep goes: `ordinary` in every test run, `long` under `npm run test:long`. One test for both, so that what
 * runs seldom is what runs always.
 */
export function effort<Value>(choice: { readonly ordinary: Value; readonly long: Value }): Value {
  return process.env['TEST_EFFORT'] === 'long' ? choice.long : choice.ordinary;
}
