import { outputOf, type PlannedTask } from '../../operations/index.js';
import { DomainError } from '../../shared/domain-error.js';
import { ACME_ISSUE_TASK, acmeIssueTask } from './acme-task.js';
import type { Certificate, CertificateProviderName } from './certificate.js';
import type { IssueWanted } from './issue-wanted.js';
import { SELF_SIGN_TASK, selfSignTask } from './self-sign-task.js';

/** How one kind of provider brings a certificate about: one task that makes it or gets it, and puts it into the store. */
export interface Issuing {
  readonly task: string;
  /** @throws DomainError CERTIFICATE_PROVIDER_NOT_FOUND */
  plan(wanted: IssueWanted): PlannedTask;
  /**
   * In the input of a later task: the SPKI of what serves this name once the task has run. `otherwise` stands where the
   * provider may leave names out and this is one of them.
   */
  spkiFor(name: string, otherwise: string | null): string;
}

/** A new kind of provider is a task under workers/tasks/ and an entry here. */
export const ISSUING: { readonly [type in Exclude<CertificateProviderName, 'UPLOAD'>]: Issuing } = {
  SELF_SIGNED: {
    task: SELF_SIGN_TASK,
    plan: ({ certificate, server, documentRoots }) => selfSignTask(certificate, server, documentRoots),
    spkiFor: () => outputOf(SELF_SIGN_TASK, 'spki'),
  },
  ACME: {
    task: ACME_ISSUE_TASK,
    plan: ({ provider, ...wanted }) => {
      if (provider === null) {
        throw new DomainError(
          'CERTIFICATE_PROVIDER_NOT_FOUND',
          `The provider of the certificate for ${wanted.certificate.requestedNames[0] ?? ''} is not there any more.`,
        );
      }
      return acmeIssueTask({ ...wanted, provider });
    },
    spkiFor: (name, otherwise) => outputOf(ACME_ISSUE_TASK, `spki of ${name}`, otherwise),
  },
};

/** Tasks of which a plan that issues certificates has one. */
export const ISSUE_TASKS: readonly string[] = Object.values(ISSUING).map(({ task }) => task);

/** @throws DomainError CERTIFICATE_NOT_RENEWABLE for what was uploaded: nobody but its owner can get another */
export function issuingOf({ provider, requestedNames }: Certificate): Issuing {
  if (provider === 'UPLOAD') {
    throw new DomainError(
      'CERTIFICATE_NOT_RENEWABLE',
      `The certificate for ${requestedNames[0] ?? ''} was uploaded, and is not issued by Hlér.`,
    );
  }
  return ISSUING[provider];
}
