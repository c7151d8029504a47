import { ERROR_CATALOGUE, type ErrorCatalogueEntry } from '../shared/error-catalogue.js';

const FAMILIES: readonly { readonly actor: ErrorCatalogueEntry['actor']; readonly text: string }[] = [
  {
    actor: 'CALLER',
    text: '## The caller can act\n\nThe request cannot be met as it is. Change it; sending it again unchanged gives the same error.',
  },
  {
    actor: 'WORLD',
    text:
      '## Somebody at the servers can act\n\nThe request is fine; a server, a network or a file is not. Mostly these are not errors of a ' +
      'request but `Operation.failure`, found while the work was done.',
  },
  {
    actor: 'US',
    text:
      '## We can act\n\nA defect, or somebody else in the queue. The log has the stack under the correlation id that the caller gets in ' +
      '`details.correlationId`.',
  },
];

const HEADER = `# Error codes

Generated from \`src/shared/error-catalogue.ts\` by \`npm run docs:errors\`. Do not edit.

A code is a promise: it is never renamed and never used for anything else. Match on codes, never on messages. How errors reach a
caller is told in [api.md](api.md#errors).
`;

/** The text of docs/errors.md. Pure; a test holds the file against it. */
export function renderErrors(): string {
  const entries = Object.entries<ErrorCatalogueEntry>(ERROR_CATALOGUE);
  const tables = FAMILIES.map(({ actor, text }) => {
    const rows = entries
      .filter(([, entry]) => entry.actor === actor)
      .map(([code, { meaning, hint }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(hint)} |`);
    return `${text}\n\n| code | meaning | what to do |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [HEADER, ...tables].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
