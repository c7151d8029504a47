import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { FieldUpdate, FieldWriter } from '../../operations/index.js';
import { parseUnixPath } from '../../shared/unix-path.js';
import { PLATFORM_STATUSES } from '../domain/platform.js';
import { PlatformStore } from './platform-store.js';

const path = z.string().transform((value) => parseUnixPath(value) as string);

const fields = z
  .strictObject({
    status: z.enum(PLATFORM_STATUSES),
    verifiedAt: z.iso.datetime().transform((text) => new Date(text)),
    realPath: path,
    version: z
      .string()
      .regex(/^[0-9][0-9a-z.-]{0,62}$/)
      .nullable(),
    docroot: path,
  })
  .partial();

/** Writes what `platform.verify` found out. */
@Injectable()
export class PlatformFieldWriter implements FieldWriter {
  readonly subject = 'platform';

  constructor(private readonly platforms: PlatformStore) {}

  async write(id: string, update: FieldUpdate['fields']): Promise<void> {
    await this.platforms.update(id, fields.parse(update));
  }
}
