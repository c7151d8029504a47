import { beforeEach, describe, expect, it } from 'vitest';
import { LETS_ENCRYPT_STAGING_LIMITS } from './lets-encrypt-limits.js';
import { RateLimits } from './rate-limits.js';
import { registeredDomainBy } from './registered-domain.js';
import { RequestLimits } from './request-limits.js';
import { VirtualClock } from './virtual-clock.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let clock: VirtualClock;
let limits: RateLimits;

beforeEach(() => {
  clock = new VirtualClock(new Date('2026-09-01T00:00:00Z'));
  limits = new RateLimits(clock, { registeredDomain: registeredDomainBy(['co.uk']) });
});

const order = (identifiers: readonly string[], { account = '1', isAriRenewal = false } = {}) =>
  limits.newOrder({ account, identifiers, isAriRenewal });

/** How many of `count` are let pass before the first refusal. */
function untilRefused(count: number, attempt: (index: number) => unknown): number {
  for (let index = 0; index < count; index += 1) {
    if (attempt(index) !== undefined) {
      return index;
    }
  }
  return count;
}

function issue(identifiers: readonly string[], options = {}): unknown {
  const refused = order(identifiers, options);
  if (refused === undefined) {
    limits.issued(identifiers);
  }
  return refused;
}

describe('new orders per account', () => {
  it('are 300, then one every 36 seconds', () => {
    expect(untilRefused(400, (index) => order([`a${index}.example`]))).toBe(300);
    expect(order(['b.example'])).toMatchObject({ limit: 'newOrdersPerAccount', key: '1', retryAfterMs: 36_000 });
    expect(order(['b.example'], { account: '2' })).toBeUndefined();
    clock.advance(35_999);
    expect(order(['b.example'])).toMatchObject({ retryAfterMs: 1 });
    clock.advance(1);
    expect(order(['b.example'])).toBeUndefined();
    expect(order(['b.example'])).toMatchObject({ limit: 'newOrdersPerAccount' });
  });

  it('are all back after three hours', () => {
    untilRefused(300, (index) => order([`a${index}.example`]));
    clock.advance(3 * HOUR_MS);
    expect(limits.remaining('newOrdersPerAccount', '1')).toBe(300);
  });
});

describe('certificates per registered domain', () => {
  it('are 50 in all accounts, then one every 201.6 minutes', () => {
    expect(untilRefused(60, (index) => issue([`a${index}.example.co.uk`], { account: String(index) }))).toBe(50);
    expect(order(['b.example.co.uk'])).toMatchObject({
      limit: 'certificatesPerDomain',
      key: 'example.co.uk',
      retryAfterMs: 201.6 * MINUTE_MS,
    });
    expect(order(['a.other.co.uk'])).toBeUndefined();
  });

  it('are only looked at by an order', () => {
    untilRefused(100, (index) => order([`a${index}.example.co.uk`]));
    expect(limits.remaining('certificatesPerDomain', 'example.co.uk')).toBe(50);
  });

  it('are spent once by a certificate with many names of the domain', () => {
    limits.issued(['a.example.co.uk', 'b.example.co.uk', '*.example.co.uk', 'x.example']);
    expect(limits.remaining('certificatesPerDomain', 'example.co.uk')).toBe(49);
    expect(limits.remaining('certificatesPerDomain', 'x.example')).toBe(49);
  });
});

describe('certificates for one exact set', () => {
  it('are 5, then one every 33.6 hours, however they are written', () => {
    const sets = [
      ['a.example', 'b.example'],
      ['b.example', 'a.example'],
    ] as const;
    expect(untilRefused(9, (index) => issue(sets[index % 2]!, { account: String(index) }))).toBe(5);
    expect(order(['a.example', 'b.example'], { account: '99' })).toMatchObject({
      limit: 'certificatesPerIdentifierSet',
      retryAfterMs: 33.6 * HOUR_MS,
    });
    expect(order(['a.example', 'b.example', 'c.example'])).toBeUndefined();
    clock.advance(33.6 * HOUR_MS);
    expect(order(['a.example', 'b.example'])).toBeUndefined();
  });
});

describe('failed authorizations', () => {
  it('are 5 an hour for each name and account', () => {
    for (let count = 0; count < 5; count += 1) {
      expect(order(['a.example', 'b.example'])).toBeUndefined();
      limits.validationFailed('1', 'a.example');
    }
    expect(order(['b.example', 'a.example'])).toMatchObject({
      limit: 'failedAuthorizations',
      key: '1:a.example',
      retryAfterMs: 12 * MINUTE_MS,
    });
    expect(order(['b.example'])).toBeUndefined();
    expect(order(['a.example'], { account: '2' })).toBeUndefined();
    clock.advance(12 * MINUTE_MS);
    expect(order(['a.example'])).toBeUndefined();
  });

  it('do not come back by a success', () => {
    for (let count = 0; count < 5; count += 1) {
      limits.validationFailed('1', 'a.example');
    }
    limits.validationSucceeded('1', 'a.example');
    expect(order(['a.example'])).toMatchObject({ limit: 'failedAuthorizations' });
  });
});

describe('a pause', () => {
  const fail = (times: number, everyMs: number): number =>
    untilRefused(times, () => {
      clock.advance(everyMs);
      return limits.validationFailed('1', 'a.example') ? 'paused' : undefined;
    });

  it('comes with 1,152 failures in a row, and is ended by nothing but an unpause', () => {
    expect(fail(2_000, 1_000)).toBe(1_151);
    clock.advance(60 * DAY_MS);
    expect(order(['a.example'])).toMatchObject({ limit: 'failuresBeforePause', retryAfterMs: undefined });
    expect(order(['a.example'], { isAriRenewal: true })).toMatchObject({ limit: 'failuresBeforePause' });
    expect(order(['b.example'])).toBeUndefined();
    limits.unpause('1');
    expect(order(['a.example'])).toBeUndefined();
  });

  it('does not come with one failure a day', () => {
    expect(fail(5_000, DAY_MS)).toBe(5_000);
  });

  it('is put off by a success', () => {
    fail(1_151, 1_000);
    limits.validationSucceeded('1', 'a.example');
    expect(fail(1_151, 1_000)).toBe(1_151);
  });
});

describe('renewals', () => {
  it('of the exact set within 120 days pass the limits of account and domain, but not those of the set', () => {
    limits.issued(['kept.example.co.uk']);
    untilRefused(60, (index) => issue([`a${index}.example.co.uk`], { account: '2' }));
    untilRefused(300, (index) => order([`a${index}.example`]));
    expect(order(['new.example'])).toMatchObject({ limit: 'newOrdersPerAccount' });
    expect(order(['new.example.co.uk'], { account: '3' })).toMatchObject({ limit: 'certificatesPerDomain' });
    expect(untilRefused(9, () => issue(['kept.example.co.uk']))).toBe(4);
  });

  it('end to be renewals after 120 days', () => {
    limits.issued(['kept.example']);
    clock.advance(120 * DAY_MS - 1);
    expect(limits.isRenewal(['kept.example'])).toBe(true);
    clock.advance(1);
    expect(limits.isRenewal(['kept.example'])).toBe(false);
  });

  it('spend nothing of the domain', () => {
    limits.issued(['kept.example']);
    limits.issued(['kept.example']);
    expect(limits.remaining('certificatesPerDomain', 'kept.example')).toBe(49);
    expect(limits.remaining('certificatesPerIdentifierSet', 'kept.example')).toBe(3);
  });

  it('inside their ARI window pass everything', () => {
    untilRefused(9, () => issue(['kept.example']));
    untilRefused(300, (index) => order([`a${index}.example`]));
    expect(order(['kept.example'])).toMatchObject({ limit: 'certificatesPerIdentifierSet' });
    expect(order(['kept.example'], { isAriRenewal: true })).toBeUndefined();
  });
});

describe('new accounts', () => {
  it('are 10 for an address, then one every 18 minutes', () => {
    expect(untilRefused(20, () => limits.newAccount('192.0.2.1'))).toBe(10);
    expect(limits.newAccount('192.0.2.1')).toMatchObject({ retryAfterMs: 18 * MINUTE_MS });
  });

  it('are 500 for a /48 of IPv6, then one every 21.6 seconds', () => {
    expect(untilRefused(600, (index) => limits.newAccount(`2001:db8:1::${index.toString(16)}`))).toBe(500);
    expect(limits.newAccount('2001:0db8:0001:ffff::1')).toMatchObject({
      limit: 'newAccountsPerIpv6Range',
      retryAfterMs: 21_600,
    });
    expect(limits.newAccount('2001:db8:2::1')).toBeUndefined();
  });
});

describe('staging', () => {
  it('has buckets of its own', () => {
    limits = new RateLimits(clock, { limits: LETS_ENCRYPT_STAGING_LIMITS });
    expect(untilRefused(2_000, (index) => order([`a${index}.example`]))).toBe(1_500);
    expect(limits.remaining('certificatesPerIdentifierSet', 'a.example')).toBe(30_000);
    expect(limits.remaining('failedAuthorizations', '1:a.example')).toBe(200);
  });
});

describe('requests of one address', () => {
  it.each([
    ['newNonce', 10, 20],
    ['newAccount', 15, 5],
    ['newOrder', 200, 300],
    ['revokeCert', 100, 10],
    ['renewalInfo', 100, 1_000],
    ['directory', 40, 40],
    ['order', 125, 250],
  ])('for %s are %i at once and %i a second', (operation, burst, rate) => {
    const requests = new RequestLimits(clock);
    const allowed = (count: number): number =>
      Array.from({ length: count }, () => requests.request(operation, 'a')).filter((wait) => wait === undefined).length;
    expect(allowed(2_000)).toBe(burst);
    clock.advance(1_000);
    expect(allowed(2_000)).toBe(Math.min(burst, rate));
    expect(requests.request(operation, 'b')).toBeUndefined();
  });
});

describe('a registered domain', () => {
  const of = registeredDomainBy(['co.uk', 'github.io']);

  it.each([
    ['example.org', 'example.org'],
    ['a.b.example.org', 'example.org'],
    ['*.example.co.uk', 'example.co.uk'],
    ['x.y.github.io', 'y.github.io'],
    ['co.uk', 'co.uk'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
  ])('of %s is %s', (name, domain) => {
    expect(of(name)).toBe(domain);
  });
});
