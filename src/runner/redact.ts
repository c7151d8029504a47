import type { Drift } from '../operations/domain/drift.js';

const REDACTED = '[REDACTED]';

const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\bhler_[A-Za-z0-9_-]{8,}/g,
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/gi,
  /(?<=\b(?:password|passwd|secret|token|authorization)["']?\s*[:=]\s*["']?(?:(?:Bearer|Basic)\s+)?)[^\s"',;]+/gi,
];

/**
 * A log line without what looks like a secret: private keys, tokens of ours, passwords in URLs and assignments.
 * The last net: tasks do not log secrets in the first place.
 */
export function redact(text: string): string {
  return SECRETS.reduce((safe, secret) => safe.replace(secret, REDACTED), text);
}

/** What people have put into files may be anything. */
export function redactDrift(drift: Drift): Drift {
  return {
    ...drift,
    files: drift.files.map((file) => ({ ...file, diff: file.diff === null ? null : redact(file.diff) })),
  };
}
