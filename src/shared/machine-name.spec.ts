import { describe, expect, it } from 'vitest';
import { DomainError } from './domain-error.js';
import { parseMachineName } from './machine-name.js';

describe('parseMachineName', () => {
  it.each(['a', 'drupal-11', 'a'.repeat(63)])('takes %j', (name) => {
    expect(parseMachineName(name)).toBe(name);
  });

  it.each(['', '1a', '-a', 'A', 'a_b', 'a b', 'a.b', 'a/b', 'a\n', 'é', 'a'.repeat(64), '..'])('refuses %j', (name) => {
    const attempt = (): unknown => parseMachineName(name);
    expect(attempt).toThrow(DomainError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  });
});
