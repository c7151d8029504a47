import { basename } from 'node:path';
import type { CheckerComplaint } from '../../src/consumers/index.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import type { Failure } from '../../src/shared/failure.js';
import type { Answer } from './ask.js';
import { configInvalid } from './check-and-quarantine.js';
import type { Target } from './effects.js';
import type { StoredFile } from './http-change.js';
import { isSame } from './live-files.js';
import type { PlannedChange } from './plan-changes.js';
import { describeObservation, type Observation } from './verify.js';

interface Found {
  readonly frontPage: Answer | undefined;
  readonly observations: readonly Observation[];
  readonly doubts: readonly Failure[];
}

/** What became of a change that is in force. Pure. */
export function served(
  change: PlannedChange,
  status: TaskSuccess['status'],
  { frontPage, observations, doubts }: Found,
  verifiedAt: string,
): TaskSuccess {
  const { subject, site } = change.rendered;
  const replaced = change.before
    .filter((file, index) => !isSame(file, change.files[index] ?? file))
    .filter((file) => !isSecret(file));
  const warning = site === null ? undefined : frontPageWarning(site.uri, site.state, frontPage);
  const shown = observations.find(({ expectation }) => expectation.name === site?.uri && expectation.certificate);
  const httpStatus = frontPage?.status ?? null;
  const siteFields = { httpStatus, servedCertificate: shown?.answer.spki ?? null, verifiedAt };
  const fields = subject?.type === 'site' ? siteFields : { verifiedAt };
  return {
    status,
    fields: subject === null ? [] : [{ subject: subject.type, id: subject.id, fields }],
    warnings: [...doubts, ...(warning === undefined ? [] : [warning])],
    ...(replaced.length === 0 ? {} : { undo: { files: replaced.map((file) => ({ ...file })) } }),
  };
}

/** What only the master may read is no part of the way back, which is kept with the operation: the site is verified instead. */
function isSecret({ content, mode }: StoredFile): boolean {
  return content !== null && (mode & 0o004) === 0;
}

function frontPageWarning(uri: string, state: string, answer: Answer | undefined): Failure | undefined {
  if (answer === undefined || state === 'DISABLED' || (answer.status !== null && answer.status < 400)) {
    return undefined;
  }
  const what = answer.status === null ? `no answer (${answer.error})` : `status ${answer.status}`;
  return toFailure(
    new DomainError('SITE_ANSWERS_ERROR', `${uri} is served, but its front page gives ${what}.`, {
      details: { uri, status: answer.status, error: answer.error },
    }),
  );
}

/** The web server's checker refused it. */
export function refusedByChecker(change: PlannedChange, complaint: CheckerComplaint): DomainError {
  const { site, subject } = change.rendered;
  if (subject?.type === 'server') {
    return configInvalid(complaint);
  }
  const name = site?.uri ?? subject?.id ?? 'the previous configuration';
  return new DomainError(
    'VHOST_INVALID',
    `The web server refuses the configuration of ${name}: ${complaint.sentence}`,
    {
      details: { checker: complaint.sentence, file: complaint.file },
    },
  );
}

/**
 * A file that is not ours stands in the way of every change. What an administrator adds to one site is called by its name, which
 * only that site's own operations and the server's may tell.
 */
export function blocked({ rendered: { subject, files } }: PlannedChange, refusal: DomainError): DomainError {
  const { file } = refusal.details;
  const culprit = typeof file === 'string' ? file : '';
  const mayTell = subject?.type === 'server' || files.some(({ path }) => basename(path) === basename(culprit));
  if (mayTell || !culprit.startsWith('extra.d/')) {
    return refusal;
  }
  const sentence =
    'what an administrator has added to another site is at fault. Verifying the server names file and line';
  return new DomainError('HTTP_CONFIG_INVALID', `The web server refuses its configuration: ${sentence}.`);
}

/** Of changes that were in place already: those that own the file that the check of the whole complained about. */
export function refusedLate(
  error: unknown,
  changes: readonly PlannedChange[],
): ReadonlyMap<PlannedChange, DomainError> {
  if (!(error instanceof DomainError) || error.code !== 'HTTP_CONFIG_INVALID') {
    return new Map();
  }
  const { file, checker } = error.details as { readonly file?: string | null; readonly checker?: string };
  const guilty = changes.filter(({ files }) => files.some(({ path }) => path === file));
  const complaint = { sentence: checker ?? '', file: file ?? null, mentions: null, bind: null };
  return new Map(guilty.map((change) => [change, refusedByChecker(change, complaint)] as const));
}

/** It was in place, but not served as it should be, and was taken back. */
export function notServed(change: PlannedChange, observations: readonly Observation[]): DomainError {
  const wrong = observations.filter(({ problem }) => problem !== null);
  const { site, subject } = change.rendered;
  const about = site?.uri ?? subject?.id ?? 'The previous configuration';
  const first = wrong.map(({ expectation: { scheme, name }, problem }) => `${scheme}://${name}/: ${problem}`)[0];
  return new DomainError('VHOST_NOT_SERVED', `${about} was not served as it should be: ${first}.`, {
    details: { observed: wrong.slice(0, 10).map(describeObservation) },
  });
}

/** The server did not take a configuration that its checker had accepted. */
export function reloadRefused(sentence: string, { consumer, server }: Target): DomainError {
  const errorLog = consumer.daemon.errorLog(server);
  return new DomainError('HTTP_SERVER_DOWN', `The web server did not take the new configuration: ${sentence}`, {
    details: { checker: sentence, errorLog },
  });
}

/** The verdict stays; what prevented taking the change back is added, with what to do about it. */
export function notTakenBack(verdict: DomainError, { code, message, details, hint }: DomainError): DomainError {
  return new DomainError(verdict.code, `${verdict.message} Taking it back failed as well: ${message}`, {
    details: { ...verdict.details, takingBack: { code, summary: message, details } },
    hint: `${hint} The next change or verification of this server then puts back what was in force before.`,
    retry: verdict.retry,
    cause: verdict,
  });
}

export function cancelled(): DomainError {
  return new DomainError('OPERATION_CANCELLED', 'Cancelled before anything was changed on the web server.');
}
