import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderErrors } from '../cli/render-errors.js';
import { ERROR_CATALOGUE, isErrorCode } from './error-catalogue.js';

const ROOT = join(import.meta.dirname, '../..');

const code = ['src', 'workers']
  .flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(ROOT, directory, name),
    ),
  )
  .filter((path) => path.endsWith('.ts') && !/\.(spec|fixture)\.ts$|error-catalogue\.ts$/.test(path))
  .map((path) => readFileSync(path, 'utf8'));

const given = new Set(code.flatMap((text) => [...text.matchAll(/'([A-Z][A-Z_]*)'/g)].map(([, word]) => word ?? '')));
const thrown = code.flatMap((text) =>
  [...text.matchAll(/(?:new DomainError\(\s*|\bcode: )'([A-Z][A-Z_]*)'/g)].map(([, word]) => word ?? ''),
);

describe('the error catalogue', () => {
  it('is what docs/errors.md says (npm run build && npm run docs:errors)', () => {
    expect(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')).toBe(renderErrors());
  });

  it('has no code that nothing gives', () => {
    expect(Object.keys(ERROR_CATALOGUE).filter((word) => !given.has(word))).toEqual([]);
  });

  it('has every code that is given', () => {
    expect(thrown.length).toBeGreaterThan(50);
    const isErrno = (word: string): boolean => /^E[A-Z]+$/.test(word);
    expect(thrown.filter((word) => !isErrorCode(word) && !isErrno(word))).toEqual([]);
  });

  it('speaks in sentences', () => {
    const texts = Object.values(ERROR_CATALOGUE).flatMap(({ meaning, hint }) => [meaning, hint]);
    expect(texts.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
  });
});
