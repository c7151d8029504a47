const MAX_SHOWN = 64;

/**
 * A refused value as it may stand in an error message, quotes included: shortened to 64 characters, and whatever a
 * terminal, a log or an eye could misread (controls, spaces other than U+0020, invisible and right-to-left marks,
 * lone surrogates, quotes and backslashes) written as `\u{…}`.
 */
export function safeEcho(value: string): string {
  const characters = Array.from(value.slice(0, 4 * MAX_SHOWN));
  const shown = characters.slice(0, MAX_SHOWN).map(visible).join('');
  return characters.length > MAX_SHOWN || value.length > 4 * MAX_SHOWN ? `"${shown}…"` : `"${shown}"`;
}

function visible(character: string): string {
  const plain =
    /^[\p{L}\p{N}\p{P}\p{S} ]$/u.test(character) && !/["\\\p{Default_Ignorable_Code_Point}]/u.test(character);
  return plain ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
