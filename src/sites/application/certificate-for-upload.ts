import { Injectable } from '@nestjs/common';
import {
  CertificateStore,
  DEFAULT_KEY_TYPE,
  inForceWith,
  newCertificate,
  refuseUpload,
  uncovered,
  type Certificate,
  type ReadUpload,
  type UploadWarning,
} from '../../certificates/index.js';
import { Clock } from '../../shared/clock.js';
import { newId } from '../../shared/ids.js';
import { wantedNames } from '../domain/aliases.js';
import type { Site } from '../domain/site.js';
import { ServedNames } from './served-names.js';

export interface UploadTarget {
  /** As it is recorded now. */
  readonly certificate: Certificate;
  /** As it is once the upload is in force. */
  readonly willBe: Certificate;
  readonly warnings: readonly UploadWarning[];
}

/**
 * Which certificate an upload is: its key decides. One that was uploaded before under the same key gets a new generation; any other key makes
 * a new certificate, which is recorded. Called in the unit of work of the upload.
 */
@Injectable()
export class CertificateForUpload {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly served: ServedNames,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError CERTIFICATE_REFUSED: NOT_FOR_THIS_SITE, KEY_IN_USE, NAMES_NOT_COVERED */
  async execute(site: Site, read: ReadUpload): Promise<UploadTarget> {
    const { clientId, serverId } = site;
    const wish = { id: newId(), clientId, serverId, provider: 'UPLOAD', keyType: DEFAULT_KEY_TYPE, names: [] } as const;
    const fresh = inForceWith(newCertificate(wish, this.clock.now()), read.certificatePem);
    const own = wantedNames(site).map(({ name }) => name);
    if (uncovered(fresh.names, own).length === own.length) {
      throw refuseUpload(
        'NOT_FOR_THIS_SITE',
        `The certificate is for ${fresh.names.slice(0, 5).join(', ') || 'no hostname'}, and covers no name of ${site.uri}.`,
      );
    }
    const known = await this.#withSameKey(fresh);
    if (known === undefined) {
      const { keyType, names, spki } = fresh;
      const certificate = newCertificate({ ...wish, keyType, names, spki }, this.clock.now());
      await this.certificates.insert(certificate);
      return { certificate, willBe: fresh, warnings: await this.#unserved(fresh) };
    }
    await this.#mustCoverWhatItServes(known, fresh);
    const willBe = { ...fresh, id: known.id };
    return { certificate: known, willBe, warnings: await this.#unserved(willBe) };
  }

  /** One key has one directory on a server, and what lies there is served by all who use it: so it has one certificate. */
  async #withSameKey({ clientId, serverId, spki }: Certificate): Promise<Certificate | undefined> {
    const others = (await this.certificates.ofKey(serverId, spki ?? '')).filter(({ status }) => status !== 'FAILED');
    const known = others.find((one) => one.clientId === clientId && one.provider === 'UPLOAD');
    if (others.some((one) => one.id !== known?.id)) {
      throw refuseUpload(
        'KEY_IN_USE',
        'The key is in use by another certificate on this server; have a certificate issued for a key of its own.',
      );
    }
    return known;
  }

  async #mustCoverWhatItServes(known: Certificate, fresh: Certificate): Promise<void> {
    const lost = uncovered(fresh.names, await this.served.of(known));
    if (lost.length > 0) {
      throw refuseUpload(
        'NAMES_NOT_COVERED',
        `The certificate has the key of one that serves ${lost.slice(0, 5).join(', ')}, and does not cover that; use another key, or cover all its names.`,
      );
    }
  }

  async #unserved(willBe: Certificate): Promise<readonly UploadWarning[]> {
    if ((await this.served.of(willBe)).length > 0) {
      return [];
    }
    const message =
      'It is stored, and serves nothing yet: another certificate that lasts longer covers the same names.';
    return [{ reason: 'NOT_SERVED', message }];
  }
}
