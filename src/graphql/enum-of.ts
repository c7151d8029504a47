/** The object that `registerEnumType` wants, from a list of literals: `{ A: 'A', B: 'B' }`. */
export function enumOf<const T extends readonly string[]>(values: T): { readonly [V in T[number]]: V } {
  return Object.fromEntries(values.map((value) => [value, value])) as { readonly [V in T[number]]: V };
}
