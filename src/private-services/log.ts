import type { PlainObject } from '../shared/plain.js';

/** What this module says while it works: messages for people, details for machines, never a secret. */
export interface Log {
  info(message: string, details?: PlainObject): void;
  warn(message: string, details?: PlainObject): void;
  error(message: string, details?: PlainObject): void;
}
