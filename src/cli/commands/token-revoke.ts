import { RevokeToken } from '../../clients/application/revoke-token.js';
import { withTokens } from '../with-tokens.js';

/** `hler token revoke`: it works no more from the next request on, on open WebSockets, too. */
export async function runTokenRevoke(id: string): Promise<void> {
  const { label } = await withTokens(({ tokens, clock }) => new RevokeToken(tokens, clock).execute(id));
  process.stdout.write(`The token "${label}" is revoked.\n`);
}
