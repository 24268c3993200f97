/**
 * Leaves sentences alone: a test that fails at another word would copy them. What an error is (its code, whether it has
 * a hint) stays under test, and so does every string that is one word.
 */
const skipHumanText = {
  shouldIgnore(path) {
    const texts = path.isTemplateLiteral() ? path.node.quasis.map(({ value }) => value.raw) : [path.node.value];
    const isText = path.isStringLiteral() || path.isTemplateLiteral();
    return isText && texts.some((text) => TWO_WORDS.test(text)) ? 'a sentence for people' : undefined;
  },
};

const TWO_WORDS = /\p{L},? \p{L}/u;

export const strykerPlugins = [{ kind: 'Ignore', name: 'human-text', value: skipHumanText }];
