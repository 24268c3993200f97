/** Lint rules that no rule of oxlint expresses. */
const ambientNow = {
  create(context) {
    return {
      NewExpression(node) {
        if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date' || node.arguments.length > 0) return;
        context.report({ node, message: 'Ask the runtime for the time: runtime.now()' });
      },
    };
  },
};

export default { meta: { name: 'house' }, rules: { 'ambient-now': ambientNow } };
