import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { issueByAcme } from '../../workers/acme/issue-by-acme.js';

/** Orders one certificate after another for the same id's sake, and says so; until it is killed. */
const { request, acmeDirectory } = JSON.parse(process.argv[2] ?? '') as {
  readonly request: AcmeIssueRequest;
  readonly acmeDirectory: string;
};

process.stdout.write('.');
const { outcome } = await issueByAcme(request, {
  acmeDirectory,
  signal: new AbortController().signal,
  log: () => undefined,
});
process.stdout.write(outcome.status);
