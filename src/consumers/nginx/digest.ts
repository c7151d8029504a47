import { DIGEST, findDigest } from '../digest.js';

const PROBE_ANSWER = /return 200 "([0-9a-f]{64})";/;

/** The `location` that tells the machine itself which configuration is in force; to anybody else it is not there. */
export function probeLines(probePath: string): readonly string[] {
  // `allow` would come too late: `return` answers in an earlier phase.
  return [
    `location = ${probePath} {`,
    '    default_type text/plain;',
    '    if ($hler_asks_itself = 0) { return 404; }',
    `    return 200 "${DIGEST}";`,
    '}',
  ];
}

export function digestOf(files: readonly { readonly content: string }[]): string | undefined {
  return findDigest(files, PROBE_ANSWER);
}
