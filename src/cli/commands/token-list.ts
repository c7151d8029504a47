import { tokenState } from '../../clients/domain/api-token.js';
import { byId } from '../../shared/by-id.js';
import { columns } from '../columns.js';
import { withTokens } from '../with-tokens.js';

const HEAD = ['ID', 'LABEL', 'WHOSE', 'MADE (UTC)', 'UNTIL (UTC)', 'STATE'];

/** `hler token list`: those that work; all that there ever were with `--all`. Newest last. */
export async function runTokenList({ all = false }: { readonly all?: boolean }): Promise<void> {
  const rows = await withTokens(async ({ tokens, clients, clock }) => {
    const found = await tokens.list();
    const owners = byId(await clients.findMany(found.flatMap(({ clientId }) => clientId ?? [])));
    return found
      .map((token) => ({ token, state: tokenState(token, clock.now()) }))
      .filter(({ state }) => all || state === 'USABLE')
      .map(({ token, state }) => [
        token.id,
        token.label,
        token.clientId === null ? 'operator' : `client ${owners.get(token.clientId)?.name ?? token.clientId}`,
        minute(token.createdAt),
        token.expiresAt === null ? '-' : minute(token.expiresAt),
        state.toLowerCase(),
      ]);
  });
  process.stdout.write(`${columns([HEAD, ...rows]).join('\n')}\n`);
}

function minute(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}
