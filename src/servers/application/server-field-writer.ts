import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { FieldUpdate, FieldWriter } from '../../operations/index.js';
import { healthSchema } from '../domain/health.js';
import { SERVER_STATUSES } from '../domain/server.js';
import { ServerStore } from './server-store.js';

const fields = z
  .strictObject({
    status: z.enum(SERVER_STATUSES),
    programVersion: z.string().max(64),
    opensslVersion: z.string().max(64),
    tlsGroups: z.array(z.string().regex(/^[A-Za-z0-9_-]{1,32}$/)).max(16),
    diskFreeBytes: z.number().int().min(0),
    health: healthSchema,
    /** RFC 7638: of the account key that its web server answers challenges for. */
    acmeThumbprint: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    verifiedAt: z.iso.datetime().transform((text) => new Date(text)),
  })
  .partial();

/** Writes what `server.verify` found out, and which key `server.rollover-account-key` has left. */
@Injectable()
export class ServerFieldWriter implements FieldWriter {
  readonly subject = 'server';

  constructor(private readonly servers: ServerStore) {}

  async write(id: string, update: FieldUpdate['fields']): Promise<void> {
    const { acmeThumbprint, ...facts } = fields.parse(update);
    const server = acmeThumbprint === undefined ? null : await this.servers.find(id);
    const http = server && acmeThumbprint && { ...server.http, acmeThumbprints: [acmeThumbprint] };
    await this.servers.update(id, { ...facts, ...(http && { http }) });
  }
}
