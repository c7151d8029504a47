import { Injectable } from '@nestjs/common';
import { OperationStore } from '../../../operations/index.js';
import { Clock } from '../../../shared/clock.js';
import { NEWEST } from '../../../shared/page.js';
import { candidateNames } from '../../domain/candidate-names.js';
import type { Certificate } from '../../domain/certificate.js';
import { coverage } from '../../domain/coverage.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import { NOTHING_LEFT_OUT } from '../../domain/renewal/left-out-names.js';
import { CertificateDeployments } from '../certificate-deployments.js';
import { CertificateStore } from '../certificate-store.js';
import { RenewalStore } from './renewal-store.js';
import { ReturnLeftOutNames } from './return-left-out-names.js';

/**
 * A certificate that no CA has issued yet, because none of its names could be proved: mostly a site that was made before its DNS
 * was. Its names are looked at as those are that a certificate lacks, and the first that works brings it about. In a unit of work in which
 * the certificate is locked. One whose issue somebody cancelled is left alone until it is asked for again.
 */
@Injectable()
export class RetryFirstIssue {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly renewals: RenewalStore,
    private readonly operations: OperationStore,
    private readonly deployments: CertificateDeployments,
    private readonly returnNames: ReturnLeftOutNames,
    private readonly clock: Clock,
  ) {}

  /** @returns whether an operation was requested. */
  async execute(certificate: Certificate, renewal: CertificateRenewal, mayRequest: boolean): Promise<boolean> {
    if (certificate.provider !== 'ACME' || !(await this.#isWanted(certificate))) {
      await this.renewals.save({ ...renewal, leftOut: NOTHING_LEFT_OUT }, null);
      return false;
    }
    const looked = await this.returnNames.execute(certificate, renewal, mayRequest);
    if (looked.requested && looked.renewal.leftOut.work?.type === 'ORDER') {
      await this.certificates.update(certificate.id, { status: 'PENDING' });
    }
    await this.renewals.save(looked.renewal, looked.until);
    return looked.requested;
  }

  async #isWanted(certificate: Certificate): Promise<boolean> {
    return !(await this.#wasCancelled(certificate)) && (await this.#isMissed(certificate));
  }

  /** Somebody does not want it; when it is asked for again that is the newest. */
  async #wasCancelled({ id }: Certificate): Promise<boolean> {
    const issues = { kind: 'certificate.issue', subjectType: 'certificate', subjectId: id } as const;
    const [newest] = await this.operations.list(issues, NEWEST);
    return newest?.state === 'CANCELLED';
  }

  /** One of its names is wanted, and nothing from a CA covers it or was asked for since. */
  async #isMissed(certificate: Certificate): Promise<boolean> {
    const { id, clientId, serverId, createdAt } = certificate;
    const wanted = await this.deployments.wantedNames(certificate);
    const found = await this.certificates.findByNames(clientId, serverId, candidateNames(wanted));
    const others = found.filter((one) => one.id !== id && one.provider !== 'SELF_SIGNED');
    const newer = others.filter(({ status, createdAt: at }) => status === 'FAILED' && at > createdAt);
    return coverage(wanted, others, this.clock.now()).some(
      ({ name, state }) => state === 'BLOCKED' && !newer.some(({ requestedNames }) => requestedNames.includes(name)),
    );
  }
}
