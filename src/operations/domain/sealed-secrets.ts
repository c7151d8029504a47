/**
 * Secrets that an operation needs, by name, each encrypted to its server (JWE): nobody else can read them. Kept apart from
 * `input`, never shown, and wiped when the operation ends, however it ends: null then stands where one was.
 */
export interface SealedSecrets {
  readonly [name: string]: string | null;
}

/** Stands in a task's input for a sealed secret. The runner opens it when it hands the task to a thread, and not before. */
export function sealedSecret(name: string): string {
  return `${SEALED_REFERENCE}${name}`;
}

export const SEALED_REFERENCE = 'hler-sealed:';

/** The names stay: they tell that there was something, without which the work cannot be done again. */
export function wiped(sealed: SealedSecrets | null): SealedSecrets | null {
  return sealed && Object.fromEntries(Object.keys(sealed).map((name) => [name, null]));
}

export function isWiped(sealed: SealedSecrets | null): boolean {
  return Object.values(sealed ?? {}).includes(null);
}
