import type { MigrationInterface } from 'typeorm';
import { Initial1790000000000 } from './1790000000000-initial.js';
import { Drupal1790000100000 } from './1790000100000-drupal.js';
import { Uploads1790000350000 } from './1790000350000-uploads.js';

/** In order of time. A migration that has been released is never changed. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Initial1790000000000,
  Drupal1790000100000,
  Uploads1790000350000,
];
