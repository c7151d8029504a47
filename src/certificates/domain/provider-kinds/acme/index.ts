import { outputOf } from '../../../../operations/index.js';
import { DomainError } from '../../../../shared/domain-error.js';
import type { ProviderKind } from '../provider-kind.js';
import { ACME_ISSUE_TASK, acmeIssueTask } from './acme-task.js';

export const acme: ProviderKind = {
  description: 'From a CA that is configured as a CertificateProvider.',
  issuing: {
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
  renewal: { automatic: true, advised: true },
};
