import { CreateToken, type CreateTokenInput } from '../../clients/application/create-token.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Secret } from '../../shared/secret.js';
import { withTokens } from '../with-tokens.js';

export interface TokenCreateOptions {
  readonly label: string;
  readonly operator?: boolean;
  readonly client?: string;
  readonly expires?: string;
}

/** `hler token create`: prints the token, once. */
export async function runTokenCreate({ label, operator, client, expires }: TokenCreateOptions): Promise<void> {
  if ((operator === true) === (client !== undefined)) {
    throw new DomainError('INPUT_INVALID', 'Say whose token it is: --operator, or --client with a machine name.');
  }
  const token = await createToken({
    label,
    ...(client !== undefined && { client }),
    ...(expires !== undefined && { expiresAt: parseDate(expires) }),
  });
  process.stdout.write(`${token.reveal()}\n`);
}

/** Makes a token where the database can be reached. @throws DomainError DATABASE_UNAVAILABLE */
export function createToken(input: CreateTokenInput): Promise<Secret> {
  return withTokens(({ tokens, clients, clock }) => new CreateToken(tokens, clients, clock).execute(input));
}

function parseDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new DomainError('INPUT_INVALID', `"${text}" is not a date; write 2027-01-31 or 2027-01-31T12:00:00Z.`);
  }
  return date;
}
