/** Ends an exhaustive switch: a new member breaks the build here until it is handled. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
