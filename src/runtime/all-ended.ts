/** As `Promise.all`, but an error is thrown only when all have ended: nothing goes on behind the back of who stops at it. */
export async function allEnded<Promises extends readonly Promise<unknown>[] | []>(
  promises: Promises,
): Promise<{ -readonly [Index in keyof Promises]: Awaited<Promises[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
