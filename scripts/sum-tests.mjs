// Sums vitest's JSON reports and prints `N passed, N failed` as the last line: sum-tests.mjs NAME=STATUS=FILE …
// A tier whose process failed without a failing test (it could not run, it leaked, a file did not load) counts as one failure,
// and so does one without a report. Exit code 1 when anything failed. `-` for FILE: a step that has no tests.
// What failed is named once more, because the tier that says it in full may have scrolled away.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const LINES_OF_A_FAILURE = 12;

let passed = 0;
let failed = 0;
for (const argument of process.argv.slice(2)) {
  const [name, status, file] = argument.split('=');
  const result = file === '-' ? { passed: 0, failed: 0, skipped: 0 } : read(file);
  const failures = Math.max(result.failed, status === '0' && result.ran !== false ? 0 : 1);
  passed += result.passed;
  failed += failures;
  process.stdout.write(file === '-' ? step(name, failures) : line(name, result, failures));
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function read(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const broken = report.testResults.filter(
      (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
      reasons: [
        ...broken.map(({ name, message }) => reason(name, message)),
        ...report.testResults.flatMap(({ name, assertionResults }) =>
          assertionResults
            .filter(({ status }) => status === 'failed')
            .map(({ fullName, failureMessages }) => reason(`${name} > ${fullName}`, failureMessages.join('\n'))),
        ),
      ],
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, ran: false };
  }
}

function step(name, failures) {
  return `  ${name}: ${failures === 0 ? 'ok' : 'failed'}\n`;
}

function line(name, { passed: ok, skipped, ran, reasons = [] }, failures) {
  const what = ran === false ? 'could not run' : `${ok} passed, ${failures} failed, ${skipped} skipped`;
  return [`  ${name}: ${what}\n`, ...reasons].join('');
}

function reason(where, message) {
  const said = message || 'The file, or what runs before or after its tests, failed: see above.';
  const lines = said
    .split('\n')
    .filter((text) => !/^ +at .*(node_modules|node:)/.test(text))
    .slice(0, LINES_OF_A_FAILURE);
  return [`    ${relative(process.cwd(), where)}`, ...lines.map((text) => `      ${text}`)].join('\n').concat('\n');
}
