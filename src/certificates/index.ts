export {
  CertificateDeployments,
  type Deployment,
  type ServedCertificate,
} from './application/certificate-deployments.js';
export { CertificateWork } from './application/certificate-work.js';
export { CreateCsrKind } from './application/kinds/create-csr-kind.js';
export { DeployCertificateKind } from './application/kinds/deploy-certificate-kind.js';
export { InstallCertificateKind } from './application/kinds/install-certificate-kind.js';
export { IssueCertificateKind } from './application/kinds/issue-certificate-kind.js';
export { RevokeCertificateKind } from './application/kinds/revoke-certificate-kind.js';
export { RollbackCertificateKind } from './application/kinds/rollback-certificate-kind.js';
export { UploadCertificateKind } from './application/kinds/upload-certificate-kind.js';
export { UploadReader } from './application/upload-reader.js';
export { CaBudget } from './application/rate-limits/ca-budget.js';
export { CertificateStore } from './application/certificate-store.js';
export { CoveringCertificates, type Covered } from './application/covering-certificates.js';
export { CertificatePolicyStore } from './application/certificate-policy-store.js';
export { CertificateProviderStore } from './application/certificate-provider-store.js';
export { ChooseProvider, type ProviderChoice } from './application/choose-provider.js';
export { DecidePolicy, type PolicySubject } from './application/decide-policy.js';
export { RenewalInfoClient } from './application/renewal/renewal-info-client.js';
export { RequestCertificate } from './application/request-certificate.js';
export { RENEWAL_PARTS, RenewalScheduler, RENEWAL_KINDS } from './application/renewal/index.js';
export type { Certificate } from './domain/certificate.js';
export { ISSUE_INPUT, certificateOperation } from './domain/certificate-operation.js';
export { asItWas as certificateAsItWas, inForceWith } from './domain/certificate-state.js';
export { uncovered } from './domain/check-material.js';
export { newCertificate } from './domain/new-certificate.js';
export type { BudgetLeft, LimitReached } from './domain/rate-limits/order-budget.js';
export type { RequestSubject } from './domain/request-subject.js';
export { visibleCertificate } from './domain/visible-certificate.js';
export type { ReadUpload } from './domain/upload/read-upload.js';
export { refuseUpload, type UploadWarning } from './domain/upload/refuse-upload.js';
export type { NameCoverage } from './domain/coverage.js';
export { DEFAULT_KEY_TYPE, KEY_TYPES, type KeyType } from './domain/key-type.js';
export { DOMAIN_CHECK_TASK, domainCheckTasks } from './domain/domain-check-tasks.js';
export { issuingOf } from './domain/provider-kinds/provider-kinds.js';
export type { CertificateProvider } from './domain/provider/certificate-provider.js';
export {
  POLICY_SCOPES,
  SELF_SIGNED_PROVIDER,
  type CertificatePolicy,
  type EffectivePolicy,
  type PolicyScope,
} from './domain/provider/certificate-policy.js';
export { SELF_SIGN_TASK } from './domain/provider-kinds/self-signed/self-sign-task.js';
export { CertificateProviderType } from './graphql/certificate-provider.type.js';
export { CaLimitReachedType } from './graphql/renewal.type.js';
export { CertificateType, KeyTypeEnum } from './graphql/certificate.type.js';
export { RenewalResolver } from './graphql/renewal.resolver.js';
