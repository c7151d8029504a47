import { readAuthorization } from '../operations/authorization.js';
import { readCertificate } from '../operations/certificate.js';
import { readChallenge } from '../operations/challenge.js';
import { directory, newNonce } from '../operations/directory.js';
import { finalize } from '../operations/finalize.js';
import { keyChange } from '../operations/key-change.js';
import { newAccount } from '../operations/new-account.js';
import { newOrder } from '../operations/new-order.js';
import { readOrder } from '../operations/order.js';
import { renewalInfo } from '../operations/renewal-info.js';
import { revokeCert } from '../operations/revoke-cert.js';
import { ordersOfAccount, updateAccount } from '../operations/update-account.js';
import type { CaState } from '../state.js';
import type { KeyRule } from './authenticate.js';
import type { AcmeRequest, Reply } from './request.js';

export interface Route {
  /** What faults and limits call it. */
  readonly operation: string;
  readonly path: RegExp;
  /** How it is signed; plain GET and HEAD when not. */
  readonly signed?: KeyRule;
  readonly handle: (ca: CaState, request: AcmeRequest) => Reply | Promise<Reply>;
}

export const ROUTES: readonly Route[] = [
  { operation: 'directory', path: /^\/directory$/, handle: directory },
  { operation: 'newNonce', path: /^\/acme\/new-nonce$/, handle: newNonce },
  { operation: 'renewalInfo', path: /^\/acme\/renewal-info\/([^/]+)$/, handle: renewalInfo },
  { operation: 'newAccount', path: /^\/acme\/new-acct$/, signed: 'jwk', handle: newAccount },
  { operation: 'account', path: /^\/acme\/acct\/(\d+)$/, signed: 'kid', handle: updateAccount },
  { operation: 'orders', path: /^\/acme\/acct\/(\d+)\/orders$/, signed: 'kid', handle: ordersOfAccount },
  { operation: 'keyChange', path: /^\/acme\/key-change$/, signed: 'kid', handle: keyChange },
  { operation: 'newOrder', path: /^\/acme\/new-order$/, signed: 'kid', handle: newOrder },
  { operation: 'order', path: /^\/acme\/order\/(\d+)\/(\d+)$/, signed: 'kid', handle: readOrder },
  { operation: 'authorization', path: /^\/acme\/authz\/(\d+)$/, signed: 'kid', handle: readAuthorization },
  { operation: 'challenge', path: /^\/acme\/chall\/(\d+)\/([a-z0-9-]+)$/, signed: 'kid', handle: readChallenge },
  { operation: 'finalize', path: /^\/acme\/finalize\/(\d+)\/(\d+)$/, signed: 'kid', handle: finalize },
  { operation: 'certificate', path: /^\/acme\/cert\/([0-9a-f]+)(?:\/(\d+))?$/, signed: 'kid', handle: readCertificate },
  { operation: 'revokeCert', path: /^\/acme\/revoke-cert$/, signed: 'either', handle: revokeCert },
];

export function findRoute(path: string): { readonly route: Route; readonly parameters: readonly string[] } | undefined {
  for (const route of ROUTES) {
    const match = route.path.exec(path);
    if (match !== null) {
      return { route, parameters: match.slice(1).filter((each) => each !== undefined) };
    }
  }
  return undefined;
}
