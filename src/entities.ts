import { CertificateEntity, CertificateNameEntity } from './certificates/adapters/certificate.entity.js';
import { CaLimitLevelEntity, CaOrderChargeEntity } from './certificates/adapters/ca-limit.entities.js';
import { CertificateEventEntity } from './certificates/adapters/certificate-event.entity.js';
import {
  CertificatePolicyEntity,
  CertificateProviderEntity,
} from './certificates/adapters/certificate-provider.entity.js';
import { CertificateRenewalEntity } from './certificates/adapters/certificate-renewal.entity.js';
import { ApiTokenEntity } from './clients/adapters/api-token.entity.js';
import { ClientEntity } from './clients/adapters/client.entity.js';
import { EventHeadEntity } from './database/event-head.entity.js';
import { LeaseEntity } from './database/lease.entity.js';
import {
  LockSubjectEntity,
  OperationDriftEntity,
  OperationEventEntity,
  OperationLockEntity,
  OperationTaskEntity,
} from './operations/adapters/operation-parts.entities.js';
import { OperationEntity } from './operations/adapters/operation.entity.js';
import { PlatformEntity } from './platforms/adapters/platform.entity.js';
import { ServerEntity } from './servers/adapters/server.entity.js';
import { SiteEntity, SiteNameEntity } from './sites/adapters/site.entity.js';

/** Every table of the control plane. */
export const ENTITIES = [
  ApiTokenEntity,
  CaLimitLevelEntity,
  CaOrderChargeEntity,
  CertificateEntity,
  CertificateEventEntity,
  CertificateNameEntity,
  CertificatePolicyEntity,
  CertificateProviderEntity,
  CertificateRenewalEntity,
  ClientEntity,
  EventHeadEntity,
  LeaseEntity,
  LockSubjectEntity,
  OperationDriftEntity,
  OperationEntity,
  OperationEventEntity,
  OperationLockEntity,
  OperationTaskEntity,
  PlatformEntity,
  ServerEntity,
  SiteEntity,
  SiteNameEntity,
];
