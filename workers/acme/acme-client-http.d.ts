/** What is used of acme-client: how it signs. Its transport keeps to process-wide settings and repeats nonces. */
declare module 'acme-client/src/http.js' {
  import type { KeyObject } from 'node:crypto';

  interface SignedBody {
    readonly protected: string;
    readonly payload: string;
    readonly signature: string;
  }

  export default class HttpClient {
    constructor(directoryUrl: string, accountKey: KeyObject);
    getJwk(): { readonly [member: string]: string };
    createSignedBody(
      url: string,
      payload: object | null,
      header: { nonce?: string | null; kid?: string | null },
    ): SignedBody;
    createSignedHmacBody(hmacKey: string, url: string, payload: object, header: { kid: string }): SignedBody;
  }
}
