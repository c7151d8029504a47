import type { Actor } from './actor.js';

/** Turns the value of an `Authorization` header into the actor behind it. */
export abstract class Authenticator {
  /**
   * `null` when there is no header, or its token is malformed, unknown, expired or revoked: callers must not be able
   * to tell these apart. Does not write anything that the request waits for. Called once per request and once per
   * operation on a WebSocket, so that a revoked token stops working at once.
   * @throws DomainError DATABASE_UNAVAILABLE when it cannot be decided
   */
  abstract authenticate(authorizationHeader: string | undefined): Promise<Actor | null>;
  /** Whether the token of the actor is neither expired nor revoked by now: for what goes on for longer than a request. */
  abstract isStillValid(actor: Actor): Promise<boolean>;
}
