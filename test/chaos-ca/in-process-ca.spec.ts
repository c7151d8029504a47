import { describe, expect, it } from 'vitest';
import { isWithin } from './ari.js';
import { InProcessCa, type InProcessOptions } from './in-process-ca.js';
import { AcmeProblem } from './problem.js';
import { VirtualClock } from './virtual-clock.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START = new Date('2026-09-01T00:00:00Z');

function aCa(options: Partial<InProcessOptions> = {}): { ca: InProcessCa; clock: VirtualClock } {
  const clock = new VirtualClock(START);
  return { ca: new InProcessCa({ clock, ...options }), clock };
}

function problemBy(call: () => unknown): Partial<AcmeProblem> {
  try {
    call();
  } catch (error) {
    if (error instanceof AcmeProblem) {
      return error;
    }
    throw error;
  }
  throw new Error('It was not refused.');
}

const anOrder = (...identifiers: readonly string[]) => ({ account: '1', identifiers });

describe('InProcessCa', () => {
  it('issues for the life of the profile, from an hour ago', () => {
    const { ca } = aCa();
    const lives = ['classic', 'tlsserver', 'shortlived'].map((profile) => {
      const { notBefore, notAfter } = ca.issue({ ...anOrder(`${profile}.example`), profile });
      return [notBefore - START.getTime(), (notAfter + 1_000 - notBefore) / HOUR_MS];
    });
    expect(lives).toEqual([
      [-HOUR_MS, 90 * 24],
      [-HOUR_MS, 45 * 24],
      [-HOUR_MS, 160],
    ]);
  });

  it('tells the window, and exempts a renewal inside it only', () => {
    const { ca, clock } = aCa();
    const profile = 'shortlived';
    let current = ca.issue({ ...anOrder('a.example'), profile });
    for (let count = 0; count < 4; count += 1) {
      ca.issue({ ...anOrder('a.example'), profile });
    }
    const { window } = ca.renewalInfo(current.certId);
    clock.set(new Date(window.start - 1));
    const replacing = () => ca.issue({ ...anOrder('a.example'), profile, replaces: current.certId });
    // Three and a bit days on, two of the five have come back.
    ca.issue({ ...anOrder('a.example'), profile });
    ca.issue({ ...anOrder('a.example'), profile });
    expect(problemBy(replacing)).toMatchObject({ type: 'rateLimited' });
    clock.set(new Date(window.start));
    expect(isWithin(window, clock.ms())).toBe(true);
    const renewed = replacing();
    expect(current.isReplaced).toBe(true);
    expect(problemBy(replacing)).toMatchObject({ type: 'alreadyReplaced', status: 409 });
    current = renewed;
    clock.set(new Date(ca.renewalInfo(renewed.certId).window.end));
    ca.issue({ ...anOrder('a.example'), profile });
    ca.issue({ ...anOrder('a.example'), profile });
    expect(problemBy(replacing)).toMatchObject({ type: 'rateLimited' });
    expect(ca.refusals.map(({ limit }) => limit)).toEqual([
      'certificatesPerIdentifierSet',
      'certificatesPerIdentifierSet',
    ]);
  });

  it.each([
    ['of another account', { account: '2', identifiers: ['a.example'] }, 'unauthorized', 403],
    ['with other names', { account: '1', identifiers: ['b.example'] }, 'malformed', 400],
  ])('refuses to replace a certificate %s', (_, request, type, status) => {
    const { ca } = aCa();
    const { certId } = ca.issue(anOrder('a.example', 'c.example'));
    expect(problemBy(() => ca.issue({ ...request, replaces: certId }))).toMatchObject({ type, status });
  });

  it('lets a new alias into a renewal in its window', () => {
    const { ca, clock } = aCa({ limits: { newOrdersPerAccount: { burst: 1, count: 1, periodMs: 1_000 * DAY_MS } } });
    const first = ca.issue(anOrder('a.example'));
    clock.set(new Date(ca.renewalInfo(first.certId).window.start));
    expect(problemBy(() => ca.issue(anOrder('a.example', 'new.example')))).toMatchObject({ type: 'rateLimited' });
    expect(ca.issue({ ...anOrder('a.example', 'new.example'), replaces: first.certId }).identifiers).toHaveLength(2);
  });

  it('is down as long as it is said to be', () => {
    const { ca, clock } = aCa({ outages: [{ start: START.getTime() + HOUR_MS, end: START.getTime() + 73 * HOUR_MS }] });
    ca.issue(anOrder('a.example'));
    clock.advance(HOUR_MS);
    expect(problemBy(() => ca.issue(anOrder('b.example')))).toMatchObject({ type: 'serverInternal', status: 503 });
    expect(problemBy(() => ca.renewalInfo('x.y'))).toMatchObject({ status: 503 });
    clock.advance(72 * HOUR_MS);
    expect(ca.issue(anOrder('b.example')).identifiers).toEqual(['b.example']);
  });

  it('names each name that fails, and counts it', () => {
    const validate = (name: string) =>
      name.startsWith('bad') ? new AcmeProblem('dns', `no address for ${name}`) : undefined;
    const { ca } = aCa({ validate });
    const problem = problemBy(() => ca.issue(anOrder('a.example', 'bad1.example', 'bad2.example')));
    expect(problem).toMatchObject({ type: 'dns' });
    expect(problem.extras?.subproblems?.map(({ identifier }) => identifier.value)).toEqual([
      'bad1.example',
      'bad2.example',
    ]);
    expect(ca.limits.remaining('failedAuthorizations', '1:bad1.example')).toBe(4);
    expect(ca.limits.remaining('failedAuthorizations', '1:a.example')).toBe(5);
  });

  it('moves windows of an incident into the past', () => {
    const { ca, clock } = aCa();
    const hit = ca.issue(anOrder('a.example'));
    const spared = ca.issue(anOrder('b.example'));
    const before = ca.renewalInfo(spared.certId).window;
    ca.certificates.incident(({ identifiers }) => identifiers.includes('a.example'), clock.ms(), 'https://ca.test/why');
    expect(ca.renewalInfo(hit.certId)).toMatchObject({
      window: { start: clock.ms() - HOUR_MS, end: clock.ms() - 30 * MINUTE_MS },
      explanationUrl: 'https://ca.test/why',
    });
    expect(ca.renewalInfo(spared.certId).window).toEqual(before);
  });

  it('exempts nothing that is past its window, as after an incident', () => {
    const { ca, clock } = aCa();
    const all = Array.from({ length: 5 }, () => ca.issue(anOrder('a.example')));
    ca.certificates.incident(() => true, clock.ms());
    const renewing = () => ca.issue({ ...anOrder('a.example'), replaces: all[0]!.certId });
    expect(problemBy(renewing)).toMatchObject({ type: 'rateLimited', extras: { retryAfter: String(33.6 * 3_600) } });
  });

  it('may issue without the client hearing of it', () => {
    const { ca } = aCa({ faults: [{ fault: 'lostAnswer', times: 1 }] });
    expect(problemBy(() => ca.issue(anOrder('a.example')))).toMatchObject({ type: 'serverInternal' });
    expect(ca.limits.remaining('certificatesPerIdentifierSet', 'a.example')).toBe(4);
  });

  it('does the same again with the same seed', () => {
    const run = (seed: number) => {
      const { ca } = aCa({ seed, faults: [{ fault: 'serverError', probability: 0.3 }] });
      return Array.from({ length: 200 }, (_, index) => {
        try {
          return ca.issue(anOrder(`a${index}.example`)).serial;
        } catch (error) {
          return (error as AcmeProblem).type;
        }
      });
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(1).filter((each) => each === 'serverInternal').length).toBeGreaterThan(40);
  });

  it('carries 200 certificates of 160 hours through a third of a year in their windows, over no bucket', () => {
    const { ca, clock } = aCa();
    const fleet = Array.from({ length: 200 }, (_, index) => ({
      name: `site${index}.example${index % 20}.test`,
      certId: '',
      due: 0,
    }));
    fleet.forEach((site, index) => (site.due = START.getTime() + index * 60_000));
    const end = START.getTime() + 122 * DAY_MS;
    let missed = 0;
    for (let now = START.getTime(); now < end; now += HOUR_MS) {
      clock.set(new Date(now));
      for (const site of fleet) {
        if (site.due <= now) {
          const old = site.certId === '' ? undefined : ca.certificates.byCertId(site.certId);
          missed += old !== undefined && !isWithin(ca.renewalInfo(site.certId).window, now) ? 1 : 0;
          const replaces = site.certId === '' ? undefined : site.certId;
          const issued = ca.issue({ account: '1', identifiers: [site.name], profile: 'shortlived', replaces });
          site.certId = issued.certId;
          site.due = ca.renewalInfo(issued.certId).window.start;
        }
      }
    }
    expect({ missed, refusals: ca.refusals.length }).toEqual({ missed: 0, refusals: 0 });
    expect(ca.issuedCount).toBeGreaterThan(200 * 35);
  });
});
