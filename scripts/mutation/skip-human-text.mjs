/**
 * Leaves the wording of messages alone: a test that fails at another word would copy the sentence. What an error is (its
 * code, whether it has a hint) stays under test, and so does every other string.
 */
const skipHumanText = {
  shouldIgnore(path) {
    const isText = path.isStringLiteral() || path.isTemplateLiteral();
    return isText && isArgumentOfError(path) ? 'the wording of a message' : undefined;
  },
};

/** Functions that make an error, and how many of their first arguments are no wording. */
const MAKERS = {
  BackupError: 1,
  TypeError: 0,
  RangeError: 0,
  Error: 0,
  damaged: 1,
  badRecord: 2,
  refine: 1,
  badInput: 0,
};

function isArgumentOfError(path) {
  for (let inner = path; inner.parentPath; inner = inner.parentPath) {
    const { parent } = inner;
    if (parent.type === 'NewExpression' || parent.type === 'CallExpression') {
      const name = parent.callee.property?.name ?? parent.callee.name;
      return name in MAKERS && inner.listKey === 'arguments' && inner.key >= MAKERS[name];
    }
    if (!['ObjectProperty', 'ObjectExpression', 'ConditionalExpression', 'BinaryExpression'].includes(parent.type))
      return false;
  }
  return false;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'human-text', value: skipHumanText }];
