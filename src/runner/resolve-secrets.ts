import { SEALED_REFERENCE } from '../operations/domain/sealed-secrets.js';
import type { PlainObject, PlainValue } from '../shared/plain.js';
import type { Secret } from '../shared/secret.js';
import type { SealedByName } from './task-runner.js';

/** Opens what was sealed for this server. */
export type OpenSecret = (sealed: string) => Promise<Secret>;

/**
 * The input with every `sealedSecret(…)` replaced by the secret itself: what goes to a thread, and nowhere else. Only whole fields
 * of the input may be secrets; the journal keeps the input as it was. At once where there is none.
 * @throws Error when the order has no such secret: a defect of the plan. @throws DomainError MESSAGE_REFUSED
 */
export function resolveSecrets(
  input: PlainObject,
  sealed: SealedByName,
  open: OpenSecret,
): PlainObject | Promise<PlainObject> {
  return Object.values(input).some(isReference) ? openAll(input, sealed, open) : input;
}

async function openAll(input: PlainObject, sealed: SealedByName, open: OpenSecret): Promise<PlainObject> {
  const entries = Object.entries(input).map(async ([name, value]): Promise<[string, PlainValue | undefined]> => [
    name,
    isReference(value) ? await opened(value.slice(SEALED_REFERENCE.length), sealed, open) : value,
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

function isReference(value: PlainValue | undefined): value is string {
  return typeof value === 'string' && value.startsWith(SEALED_REFERENCE);
}

async function opened(name: string, sealed: SealedByName, open: OpenSecret): Promise<string> {
  const text = sealed[name];
  if (text === undefined) {
    throw new Error(`The plan refers to the secret "${name}", which did not come with the order.`);
  }
  return (await open(text)).reveal();
}
