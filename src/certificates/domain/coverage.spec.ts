import { describe, expect, it } from 'vitest';
import { coverage, type CoveringCertificate } from './coverage.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

function aCertificate(id: string, changes: Partial<CoveringCertificate> = {}): CoveringCertificate {
  return {
    id,
    provider: 'ACME',
    status: 'ACTIVE',
    spki: `spki-${id}`,
    names: ['example.org'],
    notBefore: inDays(-10),
    notAfter: inDays(80),
    ...changes,
  };
}

const covered = (name: string, id: string): object => ({
  name,
  state: 'COVERED',
  certificateId: id,
  spki: `spki-${id}`,
});

/** A million by `npm run test:coverage`. */
const CASES = Number(process.env['HLER_TEST_COVERAGE_CASES'] ?? 10_000);

describe('coverage', () => {
  it('answers for every name, in order', () => {
    const certificates = [
      aCertificate('a', { names: ['example.org', '*.example.org'] }),
      aCertificate('b', { names: ['shop.example'], status: 'PENDING', spki: null, notBefore: null, notAfter: null }),
    ];
    const names = ['www.example.org', 'example.org', '*.example.org', 'shop.example', 'other.example'];
    expect(coverage(names, certificates, NOW)).toEqual([
      covered('www.example.org', 'a'),
      covered('example.org', 'a'),
      covered('*.example.org', 'a'),
      { name: 'shop.example', state: 'PENDING', certificateId: 'b' },
      {
        name: 'other.example',
        state: 'BLOCKED',
        reason: 'NO_CERTIFICATE',
        message: 'No certificate covers other.example; issue one that names it.',
      },
    ]);
  });

  it.each<[string, Partial<CoveringCertificate>, string]>([
    ['a.b.example.org', { names: ['*.example.org'] }, 'WILDCARD_IS_ONE_LABEL'],
    ['example.org', { names: ['*.example.org'] }, 'WILDCARD_IS_ONE_LABEL'],
    ['*.a.example.org', { names: ['*.example.org'] }, 'WILDCARD_IS_ONE_LABEL'],
    ['*.example.org', { names: ['www.example.org'] }, 'NO_CERTIFICATE'],
    ['example.org', { notAfter: NOW }, 'CERTIFICATE_EXPIRED'],
    ['example.org', { status: 'REVOKED' }, 'CERTIFICATE_REVOKED'],
    ['example.org', { notBefore: new Date(NOW.getTime() + 300_001) }, 'CERTIFICATE_NOT_YET_VALID'],
    ['example.org', { status: 'FAILED', spki: null, notBefore: null, notAfter: null }, 'CERTIFICATE_FAILED'],
  ])('says why %s is not covered by %o: %s', (name, changes, reason) => {
    expect(coverage([name], [aCertificate('a', changes)], NOW)).toEqual([
      expect.objectContaining({ name, state: 'BLOCKED', reason }),
    ]);
  });

  it('covers until the last second, and allows five minutes of skew at the beginning', () => {
    const last = aCertificate('a', { notAfter: new Date(NOW.getTime() + 1) });
    const early = aCertificate('a', { notBefore: new Date(NOW.getTime() + 300_000) });
    expect(coverage(['example.org'], [last], NOW)).toEqual([covered('example.org', 'a')]);
    expect(coverage(['example.org'], [early], NOW)).toEqual([covered('example.org', 'a')]);
  });

  it.each<[string, CoveringCertificate, CoveringCertificate]>([
    ['a valid one before an expired one', aCertificate('z'), aCertificate('a', { notAfter: inDays(-1) })],
    ['a valid one before a pending one', aCertificate('z'), aCertificate('a', { status: 'PENDING', spki: null })],
    [
      'one from a CA before a self-signed one',
      aCertificate('z', { notAfter: inDays(1) }),
      aCertificate('a', { provider: 'SELF_SIGNED' }),
    ],
    ['the one that lasts longer', aCertificate('z', { notAfter: inDays(81) }), aCertificate('a')],
    [
      'the one that lasts longer, though a wildcard',
      aCertificate('z', { names: ['*.org'], notAfter: inDays(81) }),
      aCertificate('a'),
    ],
    ['the exact one, of two that last as long', aCertificate('z'), aCertificate('a', { names: ['*.org'] })],
    ['the lower SPKI, of two alike', aCertificate('a'), aCertificate('b')],
  ])('chooses %s', (_, best, other) => {
    expect(coverage(['example.org'], [best, other], NOW)).toEqual([covered('example.org', best.id)]);
    expect(coverage(['example.org'], [other, best], NOW)).toEqual([covered('example.org', best.id)]);
  });

  it(
    `agrees with an independent naive matcher on ${CASES.toLocaleString('en')} seeded cases`,
    { timeout: 900_000 },
    () => {
      const random = lehmer(20_260_501);
      const tally = { COVERED: 0, PENDING: 0, BLOCKED: 0 };
      for (let round = 0; round < CASES; round += 1) {
        const name = randomName(random);
        const certificates = Array.from({ length: random(5) }, (_, index) => randomCertificate(random, `${index}`));
        const [answer] = coverage([name], certificates, NOW);
        const matching = certificates.filter(({ names }) => names.some((held) => naiveMatch(held, name)));
        const usable = matching.filter(isUsable);
        const state =
          usable.length > 0 ? 'COVERED' : matching.some(({ status }) => status === 'PENDING') ? 'PENDING' : 'BLOCKED';
        expect({ name, certificates, state: answer?.state }).toEqual({ name, certificates, state });
        const chosen = usable.find(({ spki }) => answer?.state === 'COVERED' && spki === answer.spki);
        expect(answer?.state === 'COVERED' && chosen === undefined).toBe(false);
        expect(usable.filter((rival) => beats(rival, chosen, name))).toEqual([]);
        tally[state] += 1;
      }
      expect(Math.min(...Object.values(tally))).toBeGreaterThan(CASES / 25);
    },
  );
});

/** RFC 6125 as a person would check it: label by label. */
function naiveMatch(held: string, name: string): boolean {
  const [one, two] = [held.split('.'), name.split('.')];
  return (
    one.length === two.length &&
    one.every((label, index) => label === two[index] || (index === 0 && label === '*' && two[0] !== '*'))
  );
}

function isUsable({ status, notBefore, notAfter }: CoveringCertificate): boolean {
  return status === 'ACTIVE' && notBefore !== null && notAfter !== null && notBefore <= NOW && notAfter > NOW;
}

function beats(rival: CoveringCertificate, chosen: CoveringCertificate | undefined, name: string): boolean {
  const rank = (certificate: CoveringCertificate): readonly number[] => [
    certificate.provider === 'SELF_SIGNED' ? 0 : 1,
    certificate.notAfter?.getTime() ?? 0,
    certificate.names.includes(name) ? 1 : 0,
  ];
  if (chosen === undefined) {
    return true;
  }
  const [ours, theirs] = [rank(rival), rank(chosen)];
  const difference = ours.findIndex((value, index) => value !== theirs[index]);
  return difference >= 0 && (ours[difference] ?? 0) > (theirs[difference] ?? 0);
}

function lehmer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function randomName(random: (below: number) => number): string {
  const label = (): string => ['a', 'b', 'xn--mnchen-3ya'][random(3)] ?? 'a';
  const labels = Array.from({ length: 1 + random(3) }, label);
  return [...(random(3) === 0 ? ['*'] : []), ...labels, 'example', 'org'].slice(-4).join('.');
}

function randomCertificate(random: (below: number) => number, id: string): CoveringCertificate {
  return aCertificate(id, {
    names: Array.from({ length: 1 + random(3) }, () => randomName(random)),
    provider: random(2) === 0 ? 'ACME' : 'SELF_SIGNED',
    status: (['ACTIVE', 'ACTIVE', 'ACTIVE', 'PENDING', 'FAILED', 'REVOKED'] as const)[random(6)] ?? 'ACTIVE',
    notBefore: inDays(random(6) === 0 ? 1 : -1 - random(3)),
    notAfter: inDays(random(6) === 0 ? -1 : 2 + random(3)),
  });
}
