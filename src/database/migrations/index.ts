import type { MigrationInterface } from 'typeorm';
import { Initial1790000000000 } from './1790000000000-initial.js';
import { Drupal1790000100000 } from './1790000100000-drupal.js';
import { Renewal1790000300000 } from './1790000300000-renewal.js';

/** In order of time. A migration that has been released is never changed. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Initial1790000000000,
  Drupal1790000100000,
  Renewal1790000300000,
];
