import { describe, expect, it } from 'vitest';
import type { CheckerComplaint } from '../../src/consumers/index.js';
import { checkAndQuarantine } from './check-and-quarantine.js';
import type { StagedSet } from './staged-set.js';

/** A staged set in memory, and a checker that refuses files with `bad` in them; `naming` says whether it names the place. */
function aSet(naming: boolean, already: Record<string, string> = {}) {
  const files = new Map<string, string | null>(Object.entries(already));
  let checks = 0;
  const set: StagedSet = {
    put: async (changed) => changed.forEach(({ path, content }) => files.set(path, content)),
    check: async () => {
      checks += 1;
      const bad = [...files].find(([, content]) => content?.includes('bad'));
      return bad === undefined ? undefined : complaint(naming ? bad[0] : null);
    },
    remove: async () => undefined,
  };
  return { set, files, checks: () => checks };
}

const complaint = (file: string | null): CheckerComplaint => ({
  sentence: 'refused',
  file,
  mentions: null,
  bind: null,
});

const candidate = (path: string, content: string) => ({
  files: [{ path, content, mode: 0o644 }],
  before: [{ path, content: 'before', mode: 0o644 }],
});

describe('checking a set of changes', () => {
  it('accepts all with one check when nothing is wrong', async () => {
    const { set, checks } = aSet(true);
    const all = [candidate('a', 'x'), candidate('b', 'x')];
    expect(await checkAndQuarantine(set, all)).toEqual({ accepted: all, refused: new Map() });
    expect(checks()).toBe(1);
  });

  it('refuses each that is named, and keeps its previous files in the set', async () => {
    const { set, files, checks } = aSet(true);
    const [good, one, two] = [candidate('a', 'x'), candidate('b', 'bad'), candidate('c', 'bad')];
    const verdict = await checkAndQuarantine(set, [good, one, two]);
    expect(verdict.accepted).toEqual([good]);
    expect([...verdict.refused.keys()]).toEqual([one, two]);
    expect(Object.fromEntries(files)).toEqual({ a: 'x', b: 'before', c: 'before' });
    expect(checks()).toBe(3);
  });

  it('finds by halves those that are not named', async () => {
    const { set, files, checks } = aSet(false);
    const all = Array.from({ length: 16 }, (_, index) => candidate(`${index}`, index % 11 === 3 ? 'bad' : 'x'));
    const verdict = await checkAndQuarantine(set, all);
    expect([...verdict.refused.keys()]).toEqual([all[3], all[14]]);
    expect(verdict.accepted).toHaveLength(14);
    expect([files.get('3'), files.get('14'), files.get('4')]).toEqual(['before', 'before', 'x']);
    expect(checks()).toBeLessThan(22);
  });

  it('gives up when the set is refused without any of them, and names the file', async () => {
    const { set } = aSet(true, { 'pre.d/mine.conf': 'bad' });
    await expect(checkAndQuarantine(set, [candidate('a', 'x')])).rejects.toMatchObject({
      code: 'HTTP_CONFIG_INVALID',
      details: { file: 'pre.d/mine.conf', checker: 'refused' },
    });
  });

  it('recognises a change by a certificate that only it mentions', async () => {
    const { set } = aSet(true);
    const guilty = candidate('b', 'ssl_certificate "/tls/x.pem";');
    let asked = 0;
    const check = async () => {
      asked += 1;
      return asked === 1 ? { ...complaint(null), mentions: '/tls/x.pem' } : undefined;
    };
    const verdict = await checkAndQuarantine({ ...set, check }, [candidate('a', 'x'), guilty]);
    expect([...verdict.refused.keys()]).toEqual([guilty]);
  });
});
