import { describe, expect, it } from 'vitest';
import { DomainError } from './domain-error.js';
import { parseUnixPath, parseUnixSocket } from './unix-path.js';

function refusal(value: string): DomainError {
  try {
    parseUnixPath(value);
  } catch (error) {
    if (error instanceof DomainError) {
      return error;
    }
    throw error;
  }
  throw new Error(`${JSON.stringify(value)} was accepted`);
}

function accepts(value: string): string | undefined {
  try {
    return parseUnixPath(value);
  } catch (error) {
    if (error instanceof DomainError) {
      return undefined;
    }
    throw error;
  }
}

describe('parseUnixPath', () => {
  it.each(['/srv', '/var/lib/hler/platforms/drupal-11.2', '/srv/a+b@c~d,e=f:g', '/srv/.hidden/..a/a..'])(
    'takes %j unchanged',
    (path) => {
      expect(parseUnixPath(path)).toBe(path);
    },
  );

  it('removes one trailing slash', () => {
    expect(parseUnixPath('/srv/site/')).toBe('/srv/site');
  });

  it.each([
    ['', 'does not begin'],
    ['srv/site', 'does not begin'],
    ['./srv', 'does not begin'],
    ['~/srv', 'does not begin'],
    ['/', 'root of the file system'],
    ['//', 'root of the file system'],
    ['/srv//site', 'empty part'],
    ['/srv/site//', 'empty part'],
    ['/srv/../etc', '".."'],
    ['/srv/..', '".."'],
    ['/srv/./site', '"."'],
    [`/${'a'.repeat(256)}`, '255 bytes'],
    [`/${'a/'.repeat(512)}b`, '1024 bytes'],
    ...Array.from(` ;{}"'$\\#%<>|&()*?![]^\`\n\r\t\0\u007fé`, (sign): [string, string] => [
      `/srv/a${sign}b`,
      'has the character',
    ]),
  ])('refuses %j', (path, why) => {
    const error = refusal(path);
    expect(error.code).toBe('PATH_INVALID');
    expect(error.message).toContain(why);
    expect(error.message).toMatch(/^[^\p{Cc}]{1,300}$/u);
  });

  it('accepts only what is strict, and accepts it unchanged again', () => {
    const signs = ['/', '/', '.', 'a', 'Z', '9', '-', '_', '+', '@', '~', ',', '=', ':', ' ', '\n', '$', 'é'];
    let state = 42;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
      return (state >>> 8) % below;
    };
    let accepted = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const value = `/${Array.from({ length: random(8) }, () => signs[random(round % 3 === 0 ? 18 : 14)]).join('')}`;
      const path = accepts(value);
      if (path === undefined) {
        continue;
      }
      accepted += 1;
      expect(path).toMatch(/^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._\-+@~,=:]+)+$/);
      expect(parseUnixPath(path)).toBe(path);
    }
    expect(accepted).toBeGreaterThan(1_000);
  });
});

describe('the path of a socket', () => {
  it('fits into the address of one', () => {
    expect(parseUnixSocket(`/${'x'.repeat(106)}`)).toHaveLength(107);
    expect(() => parseUnixSocket(`/${'x'.repeat(107)}`)).toThrow(expect.objectContaining({ code: 'PATH_INVALID' }));
    expect(() => parseUnixSocket('relative.sock')).toThrow(expect.objectContaining({ code: 'PATH_INVALID' }));
  });
});
