import { createHash } from 'node:crypto';

const PLACEHOLDER = '@digest@';
const PROBE_ANSWER = /return 200 "([0-9a-f]{64})";/;

/** The `location` that tells the machine itself which configuration is in force; to anybody else it is not there. */
export function probeLines(probePath: string): readonly string[] {
  // `allow` would come too late: `return` answers in an earlier phase.
  return [
    `location = ${probePath} {`,
    '    default_type text/plain;',
    '    if ($hler_asks_itself = 0) { return 404; }',
    `    return 200 "${PLACEHOLDER}";`,
    '}',
  ];
}

/** Puts the SHA-256 of the text (and of what else it stands for) where its probe answers it. */
export function sealDigest(text: string, alsoCovers = ''): string {
  const digest = createHash('sha256').update(text).update(alsoCovers).digest('hex');
  return text.replaceAll(PLACEHOLDER, digest);
}

export function digestOf(files: readonly { readonly content: string }[]): string | undefined {
  return files.map(({ content }) => PROBE_ANSWER.exec(content)?.[1]).find((digest) => digest !== undefined);
}
