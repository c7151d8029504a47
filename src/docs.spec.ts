import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from './config/index.js';
import { PERMISSIONS } from './graphql/index.js';
import { WRITABLE_FIELDS } from './queue/relay/writable-fields.js';
import { isErrorCode } from './shared/error-catalogue.js';

const ROOT = join(import.meta.dirname, '..');
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdown('docs')].map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));

function markdown(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name));
}

/** What the documents say of one sort, as `where: what`, unless it is true. */
function untrue(pattern: RegExp, isTrue: (word: string, path: string) => boolean): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)]
      .map(([, word = '']) => word)
      .filter((word) => !isTrue(word, path))
      .map((word) => `${path}: ${word}`),
  );
}

describe('the documents', () => {
  it('link to files that are there', () => {
    const isThere = (link: string, path: string) => existsSync(join(ROOT, dirname(path), link.split('#')[0] ?? ''));
    expect(untrue(/\]\((?!https?:|#)([^)\s]+)\)/g, isThere)).toEqual([]);
  });

  it('name source files that are there', () => {
    const isThere = (path: string) => existsSync(join(ROOT, path));
    expect(untrue(/`((?:src|workers|scripts|test)\/[\w./-]+\.(?:ts|sh|mjs))`/g, isThere)).toEqual([]);
  });

  it('name npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    expect(untrue(/npm run (?:--silent )?([a-z][\w:-]*)/g, (name) => name in scripts)).toEqual([]);
  });

  it('name variables, permissions, kinds and error codes that are there', () => {
    expect(untrue(/\b(HLER_[A-Z_]+[A-Z])\b/g, (name) => name in VARIABLES)).toEqual([]);
    expect(
      untrue(/`([a-z]+:(?:create|read|update|delete|issue|register|verify|retry|cancel))`/g, isPermission),
    ).toEqual([]);
    expect(untrue(/`((?:site|server|platform)\.[a-z]+)`/g, (kind) => kind in WRITABLE_FIELDS || isTask(kind))).toEqual(
      [],
    );
    expect(
      untrue(/`((?:[A-Z]+_)+(?:TAKEN|INVALID|MISSING|NOT_FOUND|UNAVAILABLE|SERVED|LOST|EXCEEDED))`/g, isErrorCode),
    ).toEqual([]);
  });
});

const isPermission = (name: string): boolean => name in PERMISSIONS;
const isTask = (name: string): boolean => existsSync(join(ROOT, `workers/tasks/${name.replace('.', '-')}.ts`));
