import type { MigrationInterface } from 'typeorm';
import { Initial1790000000000 } from './1790000000000-initial.js';
import { Drupal1790000100000 } from './1790000100000-drupal.js';
import { Hsts1790000210000 } from './1790000210000-hsts.js';
import { CertificateProviders1790000300000 } from './1790000300000-certificate-providers.js';
import { DriftAndHealth1790000200000 } from './1790000200000-drift-and-health.js';
import { CaLimits1790000530000 } from './1790000530000-ca-limits.js';
import { LeftOutNames1790000540000 } from './1790000540000-left-out-names.js';
import { ProviderBackups1790000520000 } from './1790000520000-provider-backups.js';
import { Renewal1790000400000 } from './1790000400000-renewal.js';
import { CertificateEvents1790000500000 } from './1790000500000-certificate-events.js';
import { Uploads1790000350000 } from './1790000350000-uploads.js';

/** In order of time. A migration that has been released is never changed. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Initial1790000000000,
  Drupal1790000100000,
  DriftAndHealth1790000200000,
  Hsts1790000210000,
  CertificateProviders1790000300000,
  Uploads1790000350000,
  Renewal1790000400000,
  CertificateEvents1790000500000,
  ProviderBackups1790000520000,
  CaLimits1790000530000,
  LeftOutNames1790000540000,
];
