import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { newId } from '../../shared/ids.js';
import type { Certificate } from '../domain/certificate.js';
import type { KeyType } from '../domain/key-type.js';
import { newCertificate } from '../domain/new-certificate.js';
import { CertificateStore } from './certificate-store.js';

const MAX_NAMES = 100;

export interface NewSelfSigned {
  readonly clientId: string;
  readonly serverId: string;
  /** Parsed hostnames, wildcards allowed. */
  readonly names: readonly string[];
  readonly keyType: KeyType;
}

/** Records that a self-signed certificate is wanted. Its key is made on the server that will use it. */
@Injectable()
export class RequestSelfSigned {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError CERTIFICATE_NAMES_INVALID */
  async execute({ clientId, serverId, names, keyType }: NewSelfSigned): Promise<Certificate> {
    if (names.length === 0 || names.length > MAX_NAMES) {
      throw new DomainError(
        'CERTIFICATE_NAMES_INVALID',
        `A certificate takes 1 to ${MAX_NAMES} names; ${names.length} were given.`,
      );
    }
    const wish = { id: newId(), clientId, serverId, provider: 'SELF_SIGNED', keyType, names } as const;
    const certificate = newCertificate(wish, this.clock.now());
    await this.certificates.insert(certificate);
    return certificate;
  }
}
