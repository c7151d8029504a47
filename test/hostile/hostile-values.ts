import type { SeededRandom } from '../support/seeded-random.js';

/** What means something to some server, shell, parser or terminal. */
const SIGNS = [
  ';',
  '{',
  '}',
  '"',
  "'",
  '`',
  '\\',
  '$',
  '#',
  '<',
  '>',
  '(',
  ')',
  '[',
  ']',
  '|',
  '&',
  '!',
  '^',
  '~',
  '%',
  '*',
  '?',

  '\n',
  '\r\n',
  '\r',
  '\t',
  '\0',
  ' ',
  '\u000b',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\ud800',
  '\u00ad',

  '..',
  '//',
  '/../',
  '${x}',
  '%{ENV:PATH}',
  '%0a',
  '\\n',
  '</VirtualHost>',
  '*.',
  ':',
  '@',
  ',',
  '=',
  '+',
  '_',
  '--',
] as const;

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const TOP = ['org', 'test', 'example', 'co.uk', 'xn--p1ai', 'рф', 'テスト'] as const;
const EXOTIC = ['bücher', '例え', 'straße', 'xn--mnchen-3ya', 'مثال', '1', '1-2', 'r3---sn', 'Ünïcödé', 'WWW'] as const;

const NAME_PAYLOADS = [
  'a.org; } server { listen 1; }',
  'a.org\n</VirtualHost>\n<Directory "/">\nRequire all granted\n</Directory>',
  'a.org" "b.org',
  '~^(.*)$',
  '_',
  '""',
  '*.*.org',
  '*.org',
  'a.org#',
  '127.0.0.1',
  '[::1]',
  '../../etc/passwd',
  'a.org\\',
  '@digest@.org',
] as const;

const PATH_PAYLOADS = [
  '/srv/x"; root /etc; #',
  '/srv/x"\nAlias "/" "/etc/"',
  '/srv/$document_root',
  '/srv/${APACHE_RUN_DIR}',
  '/srv/%{REQUEST_URI}',
  '/srv/*/x',
  '/srv/x\\',
  '/',
  '//etc',
  '~/x',
  'unix:/run/x.sock',
  '/srv/@digest@',
] as const;

const TEXT_PAYLOADS = [
  '"; fastcgi_param PHP_ADMIN_VALUE "x',
  '$host',
  '\\"; #',
  "'",
  '%{ENV:x}',
  '{',
  '@digest@',
] as const;

const PATH_SIGNS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@~,=:';
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

/** Puts some signs into a value where they may hurt, or takes something out of it. */
export function spoiled(random: SeededRandom, value: string): string {
  const times = 1 + random.below(2);
  return Array.from({ length: times }).reduce<string>((text) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(SIGNS) + text.slice(at + random.below(2));
  }, value);
}

const orSpoiled = (random: SeededRandom, value: string, payloads: readonly string[], share: number): string => {
  if (!random.chance(share)) {
    return value;
  }
  return random.chance(0.3) ? random.pick(payloads) : spoiled(random, value);
};

function label(random: SeededRandom): string {
  if (random.chance(0.15)) {
    return random.pick(EXOTIC);
  }
  const length = random.chance(0.05) ? 63 : 1 + random.below(12);
  return random.text(LETTERS, 1) + random.text(`${LETTERS}0123456789`, length - 1);
}

/** A hostname as somebody might send it: mostly acceptable, however odd; else hostile. */
export function hostileName(random: SeededRandom, { wildcard = false, share = 0.15 } = {}): string {
  const labels = [label(random), label(random), ...random.list(random.chance(0.05) ? 20 : 2, () => label(random))];
  const name = [...labels, random.pick(TOP)].join('.');
  const dressed = `${wildcard ? '*.' : ''}${random.chance(0.1) ? name.toUpperCase() : name}${random.chance(0.1) ? '.' : ''}`;
  return orSpoiled(random, dressed, NAME_PAYLOADS, share);
}

export function hostilePath(random: SeededRandom, { share = 0.2, below = '/srv' } = {}): string {
  const segments = [...random.list(3, () => segment(random)), segment(random)];
  return orSpoiled(random, `${below}/${segments.join('/')}${random.chance(0.1) ? '/' : ''}`, PATH_PAYLOADS, share);
}

function segment(random: SeededRandom): string {
  return random.text(PATH_SIGNS, 1 + random.below(random.chance(0.05) ? 200 : 12));
}

export function hostileText(random: SeededRandom, share = 0.5): string {
  return orSpoiled(random, random.text(PRINTABLE, random.below(40)), TEXT_PAYLOADS, share);
}

/** A value of a fixed form (a thumbprint, a hash, an id, an account), now and then spoiled. */
export function hostileToken(random: SeededRandom, alphabet: string, length: number, share = 0.3): string {
  return orSpoiled(random, random.text(alphabet, length), [...NAME_PAYLOADS, ...TEXT_PAYLOADS, ''], share);
}

/** What is not even of the right type, now and then. */
export function orOddType(random: SeededRandom, value: unknown): unknown {
  return random.chance(0.01) ? random.pick([null, 1, true, {}, [], [['x']], { name: 'x' }]) : value;
}
