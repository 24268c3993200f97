/**
 * A JSON value with the members of every object in order, as pairs: no object could hold every name. Two texts that mean the
 * same become equal; -0 is 0, and a number too large for JavaScript null, as JSON writes them.
 */
export function sortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedMembers);
  if (typeof value === 'number') return JSON.parse(JSON.stringify(value));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.map(([name, member]) => [name, sortedMembers(member)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}
