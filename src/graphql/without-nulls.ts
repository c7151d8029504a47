type WithoutNulls<T> = { readonly [K in keyof T]?: Exclude<T[K], null | undefined> };

/** The same object without the members that are null or undefined: GraphQL's "not given", as filters want it. */
export function withoutNulls<T extends object>(value: T): WithoutNulls<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== null && member !== undefined),
  ) as WithoutNulls<T>;
}
