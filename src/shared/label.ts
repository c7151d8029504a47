import { DomainError } from './domain-error.js';

const MAX_LENGTH = 200;
// Control characters and the bidirectional overrides that make a line read as another one.
const HIDDEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * Text for people: trimmed, 1 to 200 characters, on one line, without hidden characters.
 * @throws DomainError INPUT_INVALID with details.field
 */
export function parseLabel(value: string, field: string): string {
  const label = value.normalize('NFC').trim();
  if (label.length === 0 || label.length > MAX_LENGTH || HIDDEN.test(label)) {
    throw new DomainError('INPUT_INVALID', `"${field}" must be one line of 1 to ${MAX_LENGTH} visible characters.`, {
      details: { field },
    });
  }
  return label;
}
