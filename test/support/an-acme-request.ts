import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { newId } from '../../src/shared/ids.js';

/** One name by HTTP-01, with everything else left to its default. */
export function anAcmeRequest(ca: AcmeCa, changes: Partial<AcmeIssueRequest> = {}): AcmeIssueRequest {
  return {
    certificateId: newId(),
    ca,
    account: { name: 'default', ownKey: false, contact: [], termsOfServiceAgreed: true, externalAccount: null },
    names: ['site.example.test'],
    keyType: 'EC_P256',
    profile: null,
    challenges: [{ type: 'http-01' }],
    preferredChain: null,
    replaces: null,
    staging: false,
    servedThumbprints: [],
    ...changes,
  };
}
