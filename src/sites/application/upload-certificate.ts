import { Injectable } from '@nestjs/common';
import {
  CertificateStore,
  DEFAULT_KEY_TYPE,
  UploadReader,
  inForceWith,
  newCertificate,
  refuseUpload,
  uncovered,
  type Certificate,
  type ReadUpload,
  type UploadWarning,
} from '../../certificates/index.js';
import { SecretSealer, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { parseHostname } from '../../shared/hostname.js';
import { newId } from '../../shared/ids.js';
import { Secret } from '../../shared/secret.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { wantedNames } from '../domain/aliases.js';
import type { Site } from '../domain/site.js';
import { FindLiveSite } from './find-live-site.js';
import { RequestCertificateOperation } from './request-certificate-operation.js';
import { ServedNames } from './served-names.js';

export interface UploadCertificateInput {
  readonly siteId: string;
  readonly material: readonly Secret[];
  readonly passphrase?: Secret | null;
  /** Each must be covered; left out: one name of the site at least. */
  readonly names?: readonly string[] | null;
}

export interface CertificateChanged {
  readonly certificate: Certificate;
  readonly operation: Operation;
  readonly warnings: readonly UploadWarning[];
}

/**
 * Takes a certificate and its key from outside. The key is read in a thread, sealed to the server of the site, and only then is anything
 * stored. Which certificate it is, its key decides: one that was uploaded before under the same key gets a new generation, any
 * other key makes a new certificate.
 */
@Injectable()
export class UploadCertificate {
  constructor(
    private readonly reader: UploadReader,
    private readonly sealer: SecretSealer,
    private readonly certificates: CertificateStore,
    private readonly found: FindLiveSite,
    private readonly served: ServedNames,
    private readonly request: RequestCertificateOperation,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError SITE_NOT_FOUND, SITE_DELETED, HOSTNAME_INVALID, CERTIFICATE_REFUSED with `details.reason` */
  async execute(input: UploadCertificateInput, actor: Actor): Promise<CertificateChanged> {
    const { serverId } = await this.found.one(input.siteId, actor);
    const names = (input.names ?? []).map((name) => parseHostname(name, { wildcard: true }) as string);
    const read = await this.reader.read({
      material: input.material,
      passphrase: input.passphrase ?? null,
      names,
      spki: null,
    });
    const sealed = { privateKey: await this.sealer.seal(serverId, read.privateKey ?? new Secret('')) };
    return this.unitOfWork.run(async () => {
      const site = await this.found.lock(input.siteId, actor);
      const { certificate, willBe } = await this.#certificate(site, read);
      const pair = { certificatePem: read.certificatePem, chainPem: read.chainPem };
      const operation = await this.request.execute('certificate.upload', willBe, actor, { input: pair, sealed });
      return { certificate, operation, warnings: [...read.warnings, ...(await this.#unserved(willBe))] };
    });
  }

  async #certificate(
    site: Site,
    read: ReadUpload,
  ): Promise<{ readonly certificate: Certificate; readonly willBe: Certificate }> {
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
      return { certificate, willBe: fresh };
    }
    await this.#mustCoverWhatItServes(known, fresh);
    return { certificate: known, willBe: { ...fresh, id: known.id } };
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
