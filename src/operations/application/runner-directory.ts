/** A public key as a JWK (RFC 7517), as plain data. */
export interface PublicJwk {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
}

export interface RunnerKeys {
  readonly signing: PublicJwk;
  readonly encryption: PublicJwk;
}

/** Who the runner of a server is. Implemented by `servers`, from their registration. */
export abstract class RunnerDirectory {
  /** The runner's public keys, or null when no such server is registered. */
  abstract keys(serverId: string): Promise<RunnerKeys | null>;
  /** All registered servers. */
  abstract serverIds(): Promise<readonly string[]>;
  /** The runner has given a sign of life. */
  abstract heard(serverId: string, at: Date): Promise<void>;
}
