/** A certificate as the API shows it to `hler renew`. */
export interface ListedCertificate {
  readonly id: string;
  readonly clientId: string;
  readonly names: readonly string[];
  readonly provider: string;
  readonly notAfter: string | null;
  readonly renewal: {
    readonly dueAt: string | null;
    readonly nextAttemptAt: string | null;
    readonly waitsFor: LimitView | null;
    readonly failures: number;
    readonly alarm: { readonly level: string; readonly message: string } | null;
  };
}

/** One that no CA has issued yet, because none of its names could be proved. */
export interface UnissuedCertificate extends ListedCertificate {
  readonly refusedNames: readonly { readonly name: string; readonly cause: string }[];
  readonly leftOut: {
    readonly names: readonly { readonly name: string; readonly nextCheckAt: string | null }[];
  };
}

/** A limit of its CA that is in the way. */
export interface LimitView {
  readonly limit: string;
  readonly until: string;
}

export type RenewResult = 'RENEWED' | 'FAILED' | 'WOULD_RENEW' | 'NOT_DUE' | 'FAILED_BEFORE' | 'WAITS' | 'NOT_ISSUED';

/** What became of one certificate. */
export interface RenewOutcome {
  readonly certificate: ListedCertificate;
  readonly result: RenewResult;
  /** Why it failed, or what it waits for and until when; null: nothing to add. */
  readonly note: string | null;
}

/** When it is to be renewed, or tried again; null: Hlér does not renew it, or has not looked at it yet. */
export function attemptAt({ renewal }: ListedCertificate): string | null {
  return renewal.nextAttemptAt ?? renewal.dueAt;
}
