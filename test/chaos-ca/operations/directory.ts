import type { Reply } from '../http/request.js';
import type { CaState } from '../state.js';

/** RFC 8555 §7.1.1, RFC 9773 §4 and the profiles draft. */
export function directory({ baseUrl, options, desk }: CaState): Reply {
  const { termsOfService, website, caaIdentities, externalAccounts } = options;
  const at = (path: string): string => `${baseUrl}/acme/${path}`;
  return {
    status: 200,
    body: {
      keyChange: at('key-change'),
      meta: {
        caaIdentities,
        ...(Object.keys(externalAccounts).length > 0 && { externalAccountRequired: true }),
        profiles: Object.fromEntries(Object.values(desk.profiles).map(({ name, description }) => [name, description])),
        termsOfService,
        website,
      },
      newAccount: at('new-acct'),
      newNonce: at('new-nonce'),
      newOrder: at('new-order'),
      renewalInfo: at('renewal-info'),
      revokeCert: at('revoke-cert'),
      // Boulder sends one such entry, so that clients do not choke on what they do not know.
      kJ8tpqN3vQo: 'https://community.letsencrypt.org/t/adding-random-entries-to-the-directory/33417',
    },
  };
}

export function newNonce(_: CaState, { method }: { readonly method: string }): Reply {
  return { status: method === 'HEAD' ? 200 : 204, headers: { 'cache-control': 'no-store' } };
}
