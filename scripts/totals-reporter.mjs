/** Ends the test output with one line that any runner's log reader understands: `N passed, N failed`. */
export default class TotalsReporter {
  onTestRunEnd(modules, unhandledErrors, reason) {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that does not load and a hook that throws fail no test of their own, so each counts as one.
      for (const suite of [module, ...module.children.allSuites()]) if (suite.errors().length > 0) totals.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed' || state === 'skipped') totals[state] += 1;
      }
    }
    if (reason === 'failed' && totals.failed === 0) totals.failed = 1;
    for (const name of skippedNames(modules)) console.log(`\nNot run: ${name}`);
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
    console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
  }
}

/** What did not run by itself; not what a filter on the command line left out, which is most of a file. */
function skippedNames(modules) {
  return modules.flatMap((module) => {
    const tests = [...module.children.allTests()];
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    return skipped.length === tests.length && tests.length === 1 ? skipped.map((test) => test.fullName) : [];
  });
}
