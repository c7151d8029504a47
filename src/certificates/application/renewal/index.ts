import { AskAfterIncident } from './ask-after-incident.js';
import { ChooseCa } from './choose-ca.js';
import { ConsultIssuer } from './consult-issuer.js';
import { LookAtCertificate } from './look-at-certificate.js';
import { CheckNamesKind } from '../kinds/check-names-kind.js';
import { RenewCertificateKind } from '../kinds/renew-certificate-kind.js';
import { RenewCertificate } from './renew-certificate.js';
import { RenewalScheduler } from './renewal-scheduler.js';
import { RequestHandshakes } from './request-handshakes.js';
import { SettleOrders } from '../rate-limits/settle-orders.js';
import { RetryFirstIssue } from './retry-first-issue.js';
import { RequestRenewal } from './request-renewal.js';
import { ReturnLeftOutNames } from './return-left-out-names.js';
import { SchedulerChores } from './scheduler-chores.js';
import { ServerHandshakeKind } from '../kinds/server-handshake-kind.js';

export { RenewalScheduler };

/** What renewal is made of. All of it needs CertificateDeployments: it is provided where those are known, by `sites`. */
export const RENEWAL_PARTS = [
  AskAfterIncident,
  ChooseCa,
  ConsultIssuer,
  LookAtCertificate,
  RenewCertificate,
  RenewalScheduler,
  RequestHandshakes,
  RequestRenewal,
  RetryFirstIssue,
  ReturnLeftOutNames,
  SchedulerChores,
  SettleOrders,
] as const;
export const RENEWAL_KINDS = [CheckNamesKind, RenewCertificateKind, ServerHandshakeKind] as const;
