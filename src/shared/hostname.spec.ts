import { describe, expect, it } from 'vitest';
import { DomainError } from './domain-error.js';
import { isWildcard, parseHostname, wildcardCovers, type HostnameRules } from './hostname.js';

const STRICT =
  /^(\*\.)?(?!.*\.(\d+|0x[0-9a-f]*)$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

function refusal(value: string, rules?: HostnameRules): DomainError {
  try {
    parseHostname(value, rules);
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
    return parseHostname(value, { wildcard: true });
  } catch (error) {
    if (error instanceof DomainError) {
      return undefined;
    }
    throw error;
  }
}

describe('parseHostname', () => {
  it.each([
    ['example.org', 'example.org'],
    ['WWW.Example.ORG.', 'www.example.org'],
    ['münchen.de', 'xn--mnchen-3ya.de'],
    ['MÜNCHEN.de', 'xn--mnchen-3ya.de'],
    ['mu\u0308nchen.de', 'xn--mnchen-3ya.de'],
    ['XN--MNCHEN-3YA.de', 'xn--mnchen-3ya.de'],
    ['straße.de', 'xn--strae-oqa.de'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['مثال.إختبار', 'xn--mgbh0fb.xn--kgbechtv'],
    ['1.example.org', '1.example.org'],
    ['site.localhost', 'site.localhost'],
    ['r3---sn-a.example.org', 'r3---sn-a.example.org'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('takes %j as %j', (value, expected) => {
    expect(parseHostname(value)).toBe(expected);
  });

  it.each([
    ['', 'empty label'],
    ['.', 'empty label'],
    ['a..example', 'empty label'],
    ['example.org..', 'empty label'],
    ['localhost', 'only one label'],
    [`${'a'.repeat(64)}.example`, 'longer than 63'],
    [`${'é'.repeat(70)}.example`, 'longer than 63'],
    [Array.from({ length: 130 }, () => 'a').join('.'), 'longer than 253'],
    ['a'.repeat(1_000_000), 'longer than 253'],
    ['-a.example', 'hyphen'],
    ['a-.example', 'hyphen'],
    ['a_b.example', 'other than letters'],
    ['127.0.0.1', 'number'],
    ['127.1', 'number'],
    ['0x7f.1', 'number'],
    ['example.123', 'number'],
    ['example.0x10', 'number'],
    ['[::1]', 'other than letters'],
    ['::1', 'other than letters'],
    ['example.org:80', 'other than letters'],
    ['user@example.org', 'other than letters'],
    ['http://example.org', 'other than letters'],
    ['example.org/path', 'other than letters'],
    ['a%2eexample.org', 'other than letters'],
    ['ex\u00adample.org', 'cannot stand'],
    ['ｅxample.org', 'cannot stand'],
    ['１２７.０.０.１', 'cannot stand'],
    ['a。example', 'cannot stand'],
    ['\u202eabc.example', 'cannot stand'],
    ['é/x.example', 'cannot stand'],
    ['é\t.example', 'cannot stand'],
    ['\u212aelvin.example', 'cannot stand'],
    ['xn--zzzz.example', 'not a valid A-label'],
    ['xn--.example', 'not a valid A-label'],
    ['a\texample.org', 'other than letters'],
    ['a.example\n', 'other than letters'],
    ['a\0.example', 'other than letters'],
    [' a.example', 'other than letters'],
    ['a.example; include /etc/passwd', 'other than letters'],
    ...Array.from(`;{}"'$\\#<>|^&()[]!~+,=?`, (sign): [string, string] => [`a${sign}b.example`, 'other than letters']),
    ['a.*.example', 'whole first label'],
    ['*a.example.org', 'whole first label'],
    ['*.*.example.org', 'whole first label'],
  ])('refuses %j', (value, why) => {
    const error = refusal(value, { wildcard: true });
    expect(error.code).toBe('HOSTNAME_INVALID');
    expect(error.message).toContain(why);
    expect(error.message).toMatch(/^[^\p{Cc}\p{Cf}]{1,300}$/u);
  });

  it('names the offending label', () => {
    expect(refusal('www.bad_label.example').message).toBe(
      '"www.bad_label.example" is not a hostname that can be served: the label "bad_label" has a character other than letters, digits and hyphens.',
    );
  });

  it('takes a wildcard only where it is allowed', () => {
    expect(parseHostname('*.München.example', { wildcard: true })).toBe('*.xn--mnchen-3ya.example');
    expect(refusal('*.example.org').code).toBe('HOSTNAME_WILDCARD_NOT_ALLOWED');
    expect(refusal('*.example', { wildcard: true }).code).toBe('HOSTNAME_INVALID');
    expect(refusal('*.127.1', { wildcard: true }).code).toBe('HOSTNAME_INVALID');
    expect(refusal('*', { wildcard: true }).code).toBe('HOSTNAME_INVALID');
  });

  it('accepts only strict names, and what it accepts it accepts unchanged again', () => {
    const random = seeded(20_260_101);
    let accepted = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const value = randomName(random);
      const name = accepts(value);
      if (name === undefined) {
        continue;
      }
      accepted += 1;
      expect(name).toMatch(STRICT);
      expect(name.length).toBeLessThanOrEqual(253);
      expect(parseHostname(name, { wildcard: true })).toBe(name);
      expect(new URL(`https://${name.replace('*', 'w')}/`).hostname).toBe(name.replace('*', 'w'));
    }
    expect(accepted).toBeGreaterThan(1_000);
  });
});

describe('wildcardCovers', () => {
  it.each([
    ['*.example.org', 'www.example.org', true],
    ['*.example.org', 'xn--mnchen-3ya.example.org', true],
    ['*.example.org', 'example.org', false],
    ['*.example.org', 'a.b.example.org', false],
    ['*.example.org', 'wwwexample.org', false],
    ['*.example.org', '*.example.org', false],
    ['*.example.org', '.example.org', false],
    ['www.example.org', 'www.example.org', false],
  ])('%s covers %s: %s', (wildcard, name, expected) => {
    expect(wildcardCovers(wildcard, name)).toBe(expected);
    expect(isWildcard(name)).toBe(name.startsWith('*.'));
  });
});

/** mulberry32: small, seeded, good enough to wander. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const CLEAN = 'a b c x y z A B C 0 1 8 9 - - . . . . xn-- xn--mnchen-3ya *. ü ß İ Σ 例 example org'.split(' ');
const DIRTY = '\u00ad,\u200d,_,%,;,{,}, ,\t,\n,\0,/,@,:,\\,[,。,ｅ,\u{1f600},\ud800,שלום,0x'.split(',');
const PIECES = [...CLEAN, ...DIRTY];

function randomName(random: () => number): string {
  const length = 1 + Math.floor(random() * 12);
  const clean = random() < 0.7;
  const pick = (): string => PIECES[Math.floor(random() * (clean ? CLEAN.length : PIECES.length))] ?? '';
  return Array.from({ length }, pick).join('') + (random() < 0.5 ? '.example' : '');
}
