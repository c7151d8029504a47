import { createHash } from 'node:crypto';

/** Stands where the digest of a text will be: with control characters, which no value may have, or a document root could be called so. */
export const DIGEST = '\u0001digest\u0001';
/** What it is taken for when the digest is computed: as it was in earlier releases, so that no file changes with this one. */
const FORMERLY = '@digest@';

/** Puts the SHA-256 of the text (and of what else it stands for) where its probe answers it. */
export function sealDigest(text: string, alsoCovers = ''): string {
  const digest = createHash('sha256').update(text.replaceAll(DIGEST, FORMERLY)).update(alsoCovers).digest('hex');
  return text.replaceAll(DIGEST, digest);
}

/** `answer` finds the digest in a text that holds a probe. */
export function findDigest(files: readonly { readonly content: string }[], answer: RegExp): string | undefined {
  return files.map(({ content }) => answer.exec(content)?.[1]).find((digest) => digest !== undefined);
}
