import type { Page } from '../../shared/page.js';
import type { Certificate } from '../domain/certificate.js';

export interface CertificateFilter {
  readonly clientId?: string;
  readonly serverId?: string;
  readonly status?: Certificate['status'];
  readonly providerId?: string;
  /** Those that end before this moment, the expired ones too. */
  readonly expiresBefore?: Date;
  /** Those that do not end before this moment. */
  readonly expiresFrom?: Date;
}

export type CertificateChange = Partial<
  Pick<
    Certificate,
    | 'status'
    | 'spki'
    | 'names'
    | 'serial'
    | 'issuer'
    | 'notBefore'
    | 'notAfter'
    | 'fingerprint'
    | 'chainPem'
    | 'requestedNames'
    | 'refusedNames'
    | 'ariId'
    | 'acmeDirectoryUrl'
    | 'acmeAccountUrl'
    | 'acmeProfile'
    | 'csrPem'
    | 'updatedAt'
  >
>;

export abstract class CertificateStore {
  abstract insert(certificate: Certificate): Promise<void>;
  abstract find(id: string): Promise<Certificate | null>;
  abstract findMany(ids: readonly string[]): Promise<readonly Certificate[]>;
  abstract list(filter: CertificateFilter, page: Page): Promise<readonly Certificate[]>;
  abstract count(filter: CertificateFilter): Promise<number>;
  /** The client's certificates on the server that have one of these names (as text: `*.a.test` finds `*.a.test`). */
  abstract findByNames(clientId: string, serverId: string, names: readonly string[]): Promise<readonly Certificate[]>;
  /** Everybody's that have one of these names, in portions that a query can take. */
  abstract findByAnyName(names: readonly string[]): Promise<readonly Certificate[]>;
  /** The newest certificate of each key. */
  abstract findBySpki(spkis: readonly string[]): Promise<ReadonlyMap<string, Certificate>>;
  /** Those on a server that have this key, in order of their making. */
  abstract ofKey(serverId: string, spki: string): Promise<readonly Certificate[]>;
  /** A change of `names` also changes what `findByNames` finds. */
  abstract update(id: string, change: CertificateChange): Promise<void>;
}
