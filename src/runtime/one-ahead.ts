/**
 * Answers in order, the next one asked for while one is used: two are held at most. Whoever stops early leaves the next
 * one unread, its error included.
 */
export async function* oneAhead<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer> {
  let ahead: Promise<Answer> | undefined;
  for (const [index, item] of items.entries()) {
    const answer = await (ahead ?? ask(item));
    const hasNext = index + 1 < items.length;
    ahead = hasNext ? ask(items[index + 1]!) : undefined;
    ahead?.catch(() => undefined);
    yield answer;
  }
}
