/** What a token may be. Roles map to permissions in src/graphql/permissions/permissions.ts. */
export type Role = 'OPERATOR' | 'CLIENT';

/** Who is asking: the token as the rest of the code may know it. Plain data, never the token itself. */
export interface Actor {
  readonly tokenId: string;
  readonly role: Role;
  /** The client whose objects a CLIENT token may touch; null for an operator. */
  readonly clientId: string | null;
  /** The name given to the token when it was made: for logs and audit rows. */
  readonly label: string;
}

/**
 * Whether the actor may see and touch what belongs to this client. Objects that belong to nobody (`null`: servers,
 * shared platforms) are the operator's; where a client may read one, its use case says so.
 */
export function canSeeClient(actor: Actor, clientId: string | null): boolean {
  return actor.role === 'OPERATOR' || (clientId !== null && actor.clientId === clientId);
}

/** Narrows a list to what the actor may see: a client to its own, whatever `asked` says; an operator as it asks. */
export function tenantFilter(actor: Actor, asked: string | null | undefined): { readonly clientId?: string } {
  if (actor.role === 'CLIENT') {
    // A client that asks for another's list sees none of it, as if there were nothing.
    return { clientId: !asked || asked === actor.clientId ? (actor.clientId ?? NOBODY) : NOBODY };
  }
  return asked ? { clientId: asked } : {};
}

/** Matches no row: no client has it. */
const NOBODY = '-';
