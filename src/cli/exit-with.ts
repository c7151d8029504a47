import { DomainError } from '../shared/domain-error.js';

/** Tells the person at the terminal what went wrong and what to do, and ends with exit code 1. */
export function exitWith(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}

/** For the person at the terminal. */
export function describe(error: unknown): string {
  if (error instanceof DomainError) {
    return `hler: ${error.message}\n  ${error.hint} [${error.code}]`;
  }
  return `hler: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
