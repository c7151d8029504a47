/** Lets the runner of a server reach its own queue, and nothing else, in Redis. */
export abstract class QueueAccess {
  /** Idempotent. @throws DomainError QUEUE_UNAVAILABLE */
  abstract grant(serverId: string, passwordSha256: string): Promise<void>;
}
