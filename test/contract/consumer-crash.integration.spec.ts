import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { CONSUMER_NAMES, CONSUMERS, type VhostSpec } from '../../src/consumers/index.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { applyAndDie } from '../support/apply-and-die.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

describe.each(CONSUMER_NAMES)('%s', (consumer) => {
  let web: PrivateHttpServer;
  let old: VhostSpec;
  let changed: VhostSpec;
  let added: VhostSpec;
  let other: VhostSpec;
  let boundaries = 0;

  beforeAll(async () => {
    web = await PrivateHttpServer.make(consumer);
    old = await web.site('kept.test');
    changed = { ...old, names: [name('kept.test'), name('new.kept.test')], application: await otherRoot() };
    added = await web.site('added.test');
    other = await web.site('other.test');
    await web.apply([{ type: 'SERVER' }, site(old)]);
  });
  afterAll(async () => web.remove());

  const site = (site: VhostSpec): HttpChange => ({ type: 'SITE', site });
  const absent = (site: VhostSpec): HttpChange => ({
    type: 'REMOVE_SITE',
    siteId: site.siteId,
    uri: site.uri,
    names: site.names.map(({ name }) => name),
  });

  function undoOf(result: TaskResult | undefined): readonly unknown[] {
    const files = succeeded(result).undo?.['files'] as readonly { readonly content: string | null }[] | undefined;
    return (files ?? []).map(({ content }) => content);
  }

  async function reset(): Promise<void> {
    const results = await web.apply([site(old), absent(added), absent(other)]);
    results.forEach(succeeded);
  }

  describe('http.apply, killed with kill -9', () => {
    it('converges when the same call comes again, wherever it was killed', async () => {
      const batch = [site(changed), site(added)];
      const before = await web.read('vhost.d/kept.test.conf');
      let dieAt = 0;
      let refused = 0;
      for (; (await applyAndDie(web, batch, dieAt)) === 'KILLED'; dieAt += 1) {
        const { status, error } = await web.get('http', 'kept.test');
        // One that takes over is let in by the death of whoever held the gate, and needs a moment to listen.
        const mayBeBetween = !CONSUMERS[consumer].capabilities.reloadsWithoutRestart && error === 'ECONNREFUSED';
        refused += mayBeBetween ? 1 : 0;
        expect(mayBeBetween ? 200 : status, `while dead at ${dieAt}`).toBe(200);
        const [kept, fresh] = await web.apply(batch);
        [kept, fresh].forEach(succeeded);
        expect(await web.get('http', 'new.kept.test')).toMatchObject({ status: 200, body: 'the new front page' });
        expect(await web.get('http', 'added.test')).toMatchObject({ status: 200 });
        // What the operation takes back, should a later task of it fail, is what there was before the first attempt:
        // nothing, when only the report of that attempt was lost.
        expect([undoOf(kept), undoOf(fresh)], `undo after death at ${dieAt}`).toEqual(
          succeeded(kept).status === 'SUCCESS' ? [[before], [null]] : [[], []],
        );
        expect(await readdir(web.target.workspace)).toEqual([]);
        expect(await web.canaries()).toEqual([]);
        expect(await web.apply(batch)).toMatchObject([{ status: 'NOTHING_TO_DO' }, { status: 'NOTHING_TO_DO' }]);
        await reset();
      }
      // Check, journal, two files, reload, journal: a boundary at each side of each.
      expect(dieAt).toBeGreaterThanOrEqual(10);
      expect(refused).toBeLessThanOrEqual(1);
      boundaries = dieAt;
      await reset();
    }, 400_000);

    it('takes back what nobody asks for again, when another site is changed next', async () => {
      const batch = [site(changed), site(added)];
      // From before the journal is written until after the reload.
      for (let dieAt = boundaries - 9; dieAt < boundaries - 2; dieAt += 2) {
        expect(await applyAndDie(web, batch, dieAt)).toBe('KILLED');
        expect(await web.apply([site(other)])).toMatchObject([{ status: 'SUCCESS' }]);
        expect(await web.get('http', 'kept.test')).toMatchObject({ status: 200, body: 'front page of kept.test' });
        expect(await web.get('http', 'added.test')).toMatchObject({ status: 404 });
        expect(await web.liveFiles()).toEqual(['kept.test.conf', 'other.test.conf']);
        await reset();
      }
    }, 400_000);

    it('leaves a server that survives it', async () => {
      await web.stop();
      let dieAt = 0;
      while ((await web.master()) === undefined) {
        await applyAndDie(web, [site(old)], dieAt);
        dieAt += 3;
      }
      expect(await web.apply([site(old)])).toMatchObject([{ status: 'NOTHING_TO_DO' }]);
      expect(await web.get('http', 'kept.test')).toMatchObject({ status: 200 });
    }, 120_000);
  });

  async function otherRoot(): Promise<VhostSpec['application']> {
    const root = `${web.root}/www/other-root`;
    await mkdir(root, { recursive: true });
    await writeFile(`${root}/index.html`, 'the new front page');
    return web.application(root);
  }
});
