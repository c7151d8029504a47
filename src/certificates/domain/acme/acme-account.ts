import type { SecretSource } from './secret-source.js';

/** The account to order with: registered when the CA does not know it. */
export interface AcmeAccountWish {
  /** Several are possible for each directory; the first is called `default`. A machine name. */
  readonly name: string;
  /** A key of its own; otherwise it gets the one of the server, which the web server's stateless line answers for. */
  readonly ownKey: boolean;
  /** `mailto:` URLs, or none. */
  readonly contact: readonly string[];
  /** That the operator has agreed to the CA's terms. */
  readonly termsOfServiceAgreed: boolean;
  /** RFC 8555 §7.3.4; needed for the registration only. */
  readonly externalAccount: { readonly keyId: string; readonly hmacKey: SecretSource } | null;
}
