import { canSeeClient, type Actor } from '../../shared/actor.js';
import type { Platform } from './platform.js';

/** A client sees its own platforms and those that every client may use. */
export function canSeePlatform(actor: Actor, platform: Platform): boolean {
  return platform.clientId === null || canSeeClient(actor, platform.clientId);
}
