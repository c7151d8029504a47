import { describe, expect, it } from 'vitest';
import type { CheckerComplaint } from '../../src/consumers/index.js';
import { checkAndQuarantine } from './check-and-quarantine.js';
import type { Remedy, Residents } from './remedy.js';
import type { StagedSet } from './staged-set.js';

/** A staged set in memory, and a checker that refuses files with `bad` in them; `naming` says whether it names the place. */
function aSet(naming: boolean, already: Record<string, string> = {}) {
  const files = new Map<string, string | null>(Object.entries(already));
  let checks = 0;
  const set: StagedSet = {
    directory: '/staged',
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

/** Files in the set that no change is about: the checker's complaint names them, or they are found by halves. */
const residentsIn = (files: ReadonlyMap<string, string | null>): Residents => {
  const read = (path: string) => ({ path, content: files.get(path) ?? null, mode: 0o644 });
  const putAside = (path: string): Remedy => ({
    how: 'PUT_ASIDE',
    siteId: null,
    subject: path,
    sentence: 'refused',
    files: [{ ...read(path), content: null }],
    before: [read(path)],
  });
  const own = (): readonly string[] =>
    [...files].flatMap(([path, content]) => (path.startsWith('vhost.d/') && content !== null ? [path] : []));
  return {
    remedies: async ({ file }, exempt) => (file?.startsWith('vhost.d/') && !exempt.has(file) ? [putAside(file)] : []),
    suspects: async () => own().map((path) => ({ files: [read(path)], before: [{ ...read(path), content: null }] })),
    putAside: ({ files: [file] }) => [putAside(file!.path)],
  };
};
const nobody: Residents = residentsIn(new Map());

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
    expect(await checkAndQuarantine(set, all, nobody)).toEqual({ accepted: all, refused: new Map(), remedies: [] });
    expect(checks()).toBe(1);
  });

  it('refuses each that is named, and keeps its previous files in the set', async () => {
    const { set, files, checks } = aSet(true);
    const [good, one, two] = [candidate('a', 'x'), candidate('b', 'bad'), candidate('c', 'bad')];
    const verdict = await checkAndQuarantine(set, [good, one, two], nobody);
    expect(verdict.accepted).toEqual([good]);
    expect([...verdict.refused.keys()]).toEqual([one, two]);
    expect(Object.fromEntries(files)).toEqual({ a: 'x', b: 'before', c: 'before' });
    expect(checks()).toBe(3);
  });

  it('finds by halves those that are not named', async () => {
    const { set, files, checks } = aSet(false);
    const all = Array.from({ length: 16 }, (_, index) => candidate(`${index}`, index % 11 === 3 ? 'bad' : 'x'));
    const verdict = await checkAndQuarantine(set, all, nobody);
    expect([...verdict.refused.keys()]).toEqual([all[3], all[14]]);
    expect(verdict.accepted).toHaveLength(14);
    expect([files.get('3'), files.get('14'), files.get('4')]).toEqual(['before', 'before', 'x']);
    expect(checks()).toBeLessThan(22);
  });

  it('gives up when the set is refused without any of them, and names the file', async () => {
    const { set } = aSet(true, { 'pre.d/mine.conf': 'bad' });
    await expect(checkAndQuarantine(set, [candidate('a', 'x')], nobody)).rejects.toMatchObject({
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
    const verdict = await checkAndQuarantine({ ...set, check }, [candidate('a', 'x'), guilty], nobody);
    expect([...verdict.refused.keys()]).toEqual([guilty]);
  });

  it.each([true, false])('puts a resident aside that is at fault, whether it is named or not (%s)', async (naming) => {
    const residents = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`vhost.d/${index}`, index === 5 ? 'bad' : 'x']),
    );
    const { set, files } = aSet(naming, residents);
    const [good, wrong] = [candidate('a', 'x'), candidate('b', 'bad')];
    const verdict = await checkAndQuarantine(set, [good, wrong], residentsIn(files));
    expect(verdict.accepted).toEqual([good]);
    expect([...verdict.refused.keys()]).toEqual([wrong]);
    expect(verdict.remedies.map(({ subject }) => subject)).toEqual(['vhost.d/5']);
    expect([files.get('vhost.d/5'), files.get('vhost.d/4'), files.get('a'), files.get('b')]).toEqual([
      null,
      'x',
      'x',
      'before',
    ]);
  });

  it('does nothing to residents when the fault lies elsewhere, named or not', async () => {
    for (const naming of [true, false]) {
      const { set, files } = aSet(naming, { 'pre.d/mine.conf': 'bad', 'vhost.d/a': 'x' });
      await expect(checkAndQuarantine(set, [candidate('a', 'x')], residentsIn(files))).rejects.toMatchObject({
        code: 'HTTP_CONFIG_INVALID',
      });
    }
  });

  it('puts nobody aside for what is refused only together with others', async () => {
    const residents = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`vhost.d/${index}`, 'x']));
    const { set, files } = aSet(false, residents);
    const tooMany = async () =>
      [...files.values()].filter((content) => content === 'x').length > 6 ? complaint(null) : undefined;
    await expect(
      checkAndQuarantine({ ...set, check: tooMany }, [candidate('a', 'x')], residentsIn(files)),
    ).rejects.toMatchObject({ code: 'HTTP_CONFIG_INVALID' });
  });

  it('replaces a file of the batch that is broken already, while somebody unnamed is at fault, too', async () => {
    const { set, files } = aSet(false, { 'vhost.d/a': 'bad', 'vhost.d/b': 'bad', 'vhost.d/c': 'x' });
    const mended = {
      files: [{ path: 'vhost.d/a', content: 'x', mode: 0o644 }],
      before: [{ path: 'vhost.d/a', content: 'bad', mode: 0o644 }],
    };
    const verdict = await checkAndQuarantine(set, [mended], residentsIn(files));
    expect(verdict.accepted).toEqual([mended]);
    expect(verdict.remedies.map(({ subject }) => subject)).toEqual(['vhost.d/b']);
    expect(Object.fromEntries(files)).toEqual({ 'vhost.d/a': 'x', 'vhost.d/b': null, 'vhost.d/c': 'x' });
  });
});
