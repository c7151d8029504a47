import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { canSeeClient, type Actor } from '../../../shared/actor.js';
import { Authenticator } from '../../../shared/authenticator.js';
import { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { parseId } from '../../../shared/ids.js';
import type { CertificateEvent } from '../../domain/events/certificate-event.js';
import { visibleCertificate } from '../../domain/visible-certificate.js';
import { CertificateStore } from '../certificate-store.js';
import { CertificateEventStore, type CertificateEventFilter } from './certificate-event-store.js';
import { FindCertificateEvents } from './find-certificate-events.js';

const PAGE = 100;
/** Certificates change seldom: one look along an index costs less than telling every process of every change. */
const LOOK_EVERY_MS = 1_000;
/** A subscription lives longer than a token may. */
const CHECK_TOKEN_EVERY_MS = 30_000;

/** Events of certificates as they happen, from after a position in their order. */
@Injectable()
export class WatchCertificateEvents {
  constructor(
    private readonly find: FindCertificateEvents,
    private readonly events: CertificateEventStore,
    private readonly certificates: CertificateStore,
    private readonly authenticator: Authenticator,
    private readonly clock: Clock,
  ) {}

  /**
   * All that match, from after the event with the id `after` (null: from now on), until `signal` aborts. Misses and repeats
   * nothing. Ends with UNAUTHENTICATED when the actor's token is revoked or expires; what is read after that is not handed out.
   * @throws DomainError ID_INVALID, CERTIFICATE_NOT_FOUND, CLIENT_NOT_FOUND
   */
  async execute(
    filter: CertificateEventFilter,
    after: string | null,
    actor: Actor,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<CertificateEvent>> {
    await this.#mustSee(filter, actor);
    return this.#from(after ?? (await this.events.lastId()), filter, actor, signal);
  }

  async *#from(
    start: string | null,
    filter: CertificateEventFilter,
    actor: Actor,
    signal: AbortSignal,
  ): AsyncGenerator<CertificateEvent> {
    let position = start;
    let checkedAt = this.clock.now().getTime();
    while (!signal.aborted) {
      const page = { direction: 'FORWARD', size: PAGE, take: PAGE, after: position, before: null } as const;
      const events = await this.find.page(filter, page, actor);
      const now = this.clock.now().getTime();
      if (events.length > 0 || now - checkedAt >= CHECK_TOKEN_EVERY_MS) {
        await this.#mustBeValid(actor);
        checkedAt = now;
      }
      for (const event of events) {
        position = event.id;
        yield event;
      }
      if (events.length < PAGE) {
        await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #mustSee({ clientId, certificateId }: CertificateEventFilter, actor: Actor): Promise<void> {
    if (clientId !== undefined && !canSeeClient(actor, clientId)) {
      throw new DomainError('CLIENT_NOT_FOUND', `There is no client ${parseId(clientId)}.`);
    }
    if (certificateId !== undefined) {
      const id = parseId(certificateId);
      visibleCertificate(await this.certificates.find(id), id, actor);
    }
  }

  async #mustBeValid(actor: Actor): Promise<void> {
    if (!(await this.authenticator.isStillValid(actor))) {
      throw new DomainError('UNAUTHENTICATED', 'The token of this subscription has been revoked, or has expired.');
    }
  }
}
