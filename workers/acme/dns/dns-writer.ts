/** One TXT record with one value. Names without a trailing dot, in lower case. */
export interface TxtRecord {
  readonly zone: string;
  readonly name: string;
  readonly value: string;
  readonly ttl: number;
}

/**
 * Writes to a zone. By value: what else has the same name stays as it is. Idempotent both ways.
 * @throws AcmeError local:challengeNotPresented
 */
export interface DnsWriter {
  add(record: TxtRecord, signal: AbortSignal): Promise<void>;
  remove(record: TxtRecord, signal: AbortSignal): Promise<void>;
}

/** Names come out of the DNS: before they go into a command they are held to what a name can be. */
export function isRecordName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(name);
}
