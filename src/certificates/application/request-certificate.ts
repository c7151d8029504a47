import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { newId } from '../../shared/ids.js';
import type { Certificate, CertificateProviderName } from '../domain/certificate.js';
import type { KeyType } from '../domain/key-type.js';
import { newCertificate } from '../domain/new-certificate.js';
import { CertificateStore } from './certificate-store.js';

const MAX_NAMES = 100;

export interface NewCertificate {
  readonly clientId: string;
  readonly serverId: string;
  /** Parsed hostnames, wildcards allowed. */
  readonly names: readonly string[];
  readonly keyType: KeyType;
  readonly provider: CertificateProviderName;
  /** Left out: the provider has no settings. */
  readonly providerId?: string | null;
  readonly profile?: string | null;
}

/** Records that a certificate is wanted. Its key is made on the server that will use it. */
@Injectable()
export class RequestCertificate {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError CERTIFICATE_NAMES_INVALID */
  async execute({ providerId = null, profile = null, names, ...wanted }: NewCertificate): Promise<Certificate> {
    if (names.length === 0 || names.length > MAX_NAMES) {
      throw new DomainError(
        'CERTIFICATE_NAMES_INVALID',
        `A certificate takes 1 to ${MAX_NAMES} names; ${names.length} were given.`,
      );
    }
    const wish = { ...wanted, id: newId(), providerId, profile, names };
    const certificate = newCertificate(wish, this.clock.now());
    await this.certificates.insert(certificate);
    return certificate;
  }
}
