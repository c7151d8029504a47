import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { FieldUpdate, FieldWriter } from '../../operations/index.js';
import { Clock } from '../../shared/clock.js';
import { parseHostname } from '../../shared/hostname.js';
import { promisedUntilAfter } from '../domain/hsts.js';
import { SITE_STATUSES } from '../domain/site.js';
import { SiteStore, type SiteChange } from './site-store.js';

const fields = z
  .strictObject({
    status: z.enum(SITE_STATUSES),
    names: z.array(z.string().transform((name) => parseHostname(name, { wildcard: true }) as string)),
    hstsSaid: z.number().int().min(0).nullable(),
    httpStatus: z.number().int().min(100).max(599).nullable(),
    servedCertificate: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    verifiedAt: z.iso.datetime().transform((text) => new Date(text)),
  })
  .partial();

/** Writes what operations on sites bring about: what is served, and which names have come or gone. */
@Injectable()
export class SiteFieldWriter implements FieldWriter {
  readonly subject = 'site';

  constructor(
    private readonly sites: SiteStore,
    private readonly clock: Clock,
  ) {}

  async write(id: string, update: FieldUpdate['fields']): Promise<void> {
    const { names, ...change } = fields.parse(update);
    if (Object.keys(change).length > 0) {
      await this.sites.update(id, { ...change, ...(await this.#promise(id, change.hstsSaid)) });
    }
    if (change.status === 'DELETED') {
      await this.sites.releaseNames(id);
    } else if (names) {
      await this.sites.settleNames(id, names);
    }
  }
  /** From now on less is said: browsers hold to what was said until now. */
  async #promise(id: string, said: number | null | undefined): Promise<Pick<SiteChange, 'hstsPromisedUntil'>> {
    const site = said === undefined ? null : await this.sites.lock(id);
    return site === null ? {} : { hstsPromisedUntil: promisedUntilAfter(site, said ?? null, this.clock.now()) };
  }
}
