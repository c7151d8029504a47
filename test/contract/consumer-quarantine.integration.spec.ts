import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONSUMER_NAMES, CONSUMERS, type VhostSpec } from '../../src/consumers/index.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { applyAndDie } from '../support/apply-and-die.js';
import { DIALECTS } from '../support/consumer-dialects.js';
import { applyInputs, name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';

/** Something of the server itself that differs, at whoever answers challenges and at whoever passes them on. */
const OTHER_CHALLENGES = { acmeThumbprints: [], challenges: [{ address: '127.0.0.1', port: 1, https: null }] } as const;

describe.each(CONSUMER_NAMES)('%s, with a resident that it cannot read', (consumer) => {
  let web: PrivateHttpServer;
  let another: HttpChange;
  beforeEach(async () => {
    web = await PrivateHttpServer.make(consumer);
    const steady = await web.site('steady.test');
    (await web.apply([{ type: 'SERVER' }, { type: 'SITE', site: steady }])).forEach(succeeded);
    another = { type: 'SITE', site: await web.site('another.test') };
  });
  afterEach(async () => web.remove());

  const file = (path: string): string => `${web.target.directory}/${path}`;

  async function secure(uri: string): Promise<{ readonly site: VhostSpec; readonly certificate: string }> {
    const certificate = await web.certificate(uri);
    const site = await web.site(uri, { https: 'ENABLED', names: [name(uri, { certificate })] });
    succeeded((await web.apply([{ type: 'SITE', site }]))[0]);
    return { site, certificate };
  }

  /** The change went live, its operation was warned without the neighbour's name, and the rest is served as before. */
  async function expectLive(result: TaskResult | undefined, how: string, siteId: string | null): Promise<void> {
    const { status, warnings } = succeeded(result);
    expect({ status, warnings }).toMatchObject({
      status: 'SUCCESS',
      warnings: [{ code: 'NEIGHBOUR_QUARANTINED', details: { how, siteId } }],
    });
    expect(JSON.stringify(warnings)).not.toContain('resident.test');
    expect(await web.get('http', 'another.test')).toMatchObject({ status: 200 });
    expect(await web.get('http', 'steady.test')).toMatchObject({ status: 200 });
  }

  it('gives a spoilt certificate its last good generation back', async () => {
    const { site, certificate } = await secure('resident.test');
    await web.renewWithSameKey(certificate, 'resident.test');
    await web.spoil(certificate, 'privkey.pem');
    await expectLive((await web.apply([another]))[0], 'CERTIFICATE_RESTORED', site.siteId);
    expect(await web.get('https', 'resident.test')).toMatchObject({ status: 200, spki: certificate });
    expect(succeeded((await web.apply([{ type: 'SITE', site }]))[0]).warnings).toEqual([]);
  });

  it('leaves HTTPS out where there is no other generation, and HTTP keeps answering until it is mended', async () => {
    const { site, certificate } = await secure('resident.test');
    const key = await readFile(`${web.server.paths.tls}/${certificate}/live/privkey.pem`, 'utf8');
    await web.spoil(certificate, 'privkey.pem');
    await expectLive((await web.apply([another]))[0], 'HTTPS_LEFT_OUT', site.siteId);
    expect(await web.get('http', 'resident.test')).toMatchObject({ status: 200 });
    const { status, spki } = await web.get('https', 'resident.test');
    const { refusesStrangers } = CONSUMERS[consumer].capabilities;
    expect(refusesStrangers ? status : spki === certificate).toBe(refusesStrangers ? null : false);
    await web.spoil(certificate, 'privkey.pem', key);
    expect(succeeded((await web.apply([{ type: 'SITE', site }]))[0]).status).toBe('SUCCESS');
    expect(await web.get('https', 'resident.test')).toMatchObject({ status: 200, spki: certificate });
  });

  it.each(['nonsense', 'refusedWithoutPlace'] as const)(
    'puts a broken file aside (%s), until its site is verified',
    async (kind) => {
      const site = await web.site('resident.test');
      succeeded((await web.apply([{ type: 'SITE', site }]))[0]);
      const broken = `${(await web.read('vhost.d/resident.test.conf')).split('\n')[0]}\n${DIALECTS[consumer][kind]}`;
      await writeFile(file('vhost.d/resident.test.conf'), broken);
      await expectLive((await web.apply([another]))[0], 'PUT_ASIDE', site.siteId);
      expect(await web.get('http', 'resident.test')).toMatchObject({ status: 404 });
      expect(await web.read('quarantine.d/vhost.d~resident.test.conf')).toBe(broken);
      expect(await web.apply([{ type: 'SITE', site }])).toMatchObject([{ status: 'SUCCESS', warnings: [] }]);
      expect(await web.get('http', 'resident.test')).toMatchObject({ status: 200 });
      expect(await web.liveFiles('quarantine.d')).toEqual([]);
    },
  );

  it('tells the operation of the server which file it was', async () => {
    const site = await web.site('resident.test');
    succeeded((await web.apply([{ type: 'SITE', site }]))[0]);
    await writeFile(file('vhost.d/resident.test.conf'), DIALECTS[consumer].nonsense);
    const server = { ...web.server, ...OTHER_CHALLENGES };
    const [result] = await applyInputs([web.call({ type: 'SERVER' }, server)]);
    expect(succeeded(result).warnings).toMatchObject([
      {
        summary: 'vhost.d/resident.test.conf was put aside, because the web server refuses it.',
        details: {
          siteId: null,
          file: 'vhost.d/resident.test.conf',
          checker: `${DIALECTS[consumer].complaint} in vhost.d/resident.test.conf:1`,
        },
      },
    ]);
  });

  it('renders a file of the server again that somebody has broken', async () => {
    const before = await web.read('default.conf');
    await writeFile(file('default.conf'), DIALECTS[consumer].nonsense);
    await expectLive((await web.apply([another]))[0], 'RENDERED_AGAIN', null);
    expect(await web.read('default.conf')).toBe(before);
  });

  it.each(['pre.d/mine.conf', 'post.d/mine.conf', 'extra.d/steady.test.conf'])(
    "never touches an administrator's %s, and names file and line to whom it may",
    async (path) => {
      await writeFile(file(path), DIALECTS[consumer].nonsense);
      const changed = web.call({ type: 'SERVER' }, { ...web.server, ...OTHER_CHALLENGES });
      const [ofServer, ofSite] = await applyInputs([changed, web.call(another)]);
      expect(ofServer).toMatchObject({
        status: 'ERROR',
        failure: {
          code: 'HTTP_CONFIG_INVALID',
          details: { file: path, checker: expect.stringContaining(`${path}:1`) },
        },
      });
      expect(ofSite).toMatchObject({ status: 'ERROR', failure: { code: 'HTTP_CONFIG_INVALID' } });
      expect(JSON.stringify(ofSite)).not.toContain('steady.test');
      expect(await web.read(path)).toBe(DIALECTS[consumer].nonsense);
      expect(await web.liveFiles()).toEqual(['steady.test.conf']);
      expect(await web.get('http', 'steady.test')).toMatchObject({ status: 200 });
    },
  );

  it('converges when it is killed anywhere on the way', async () => {
    const { site, certificate } = await secure('resident.test');
    const broken = await web.site('broken.test');
    succeeded((await web.apply([{ type: 'SITE', site: broken }]))[0]);
    const key = await readFile(`${web.server.paths.tls}/${certificate}/live/privkey.pem`, 'utf8');
    const absent: HttpChange = {
      type: 'REMOVE_SITE',
      siteId: '0190f3c2-7b1a-7000-8000-000000000001',
      uri: 'another.test',
      names: ['another.test'],
    };
    const spoil = async (): Promise<void> => {
      await web.spoil(certificate, 'privkey.pem');
      await writeFile(file('vhost.d/broken.test.conf'), DIALECTS[consumer].nonsense);
    };
    const mend = async (): Promise<void> => {
      await web.spoil(certificate, 'privkey.pem', key);
      const sites = [site, broken].map((one): HttpChange => ({ type: 'SITE', site: one }));
      (await web.apply([...sites, absent])).forEach(succeeded);
      expect(await web.get('https', 'resident.test')).toMatchObject({ status: 200 });
      expect(await web.get('http', 'broken.test')).toMatchObject({ status: 200 });
      expect(await web.liveFiles('quarantine.d')).toEqual([]);
    };
    let dieAt = 0;
    await spoil();
    // After one effect is before the next: every second boundary is another state of the disk.
    for (; (await applyAndDie(web, [another], dieAt)) === 'KILLED'; dieAt += 2) {
      succeeded((await web.apply([another]))[0]);
      expect(await web.get('http', 'another.test'), `after death at ${dieAt}`).toMatchObject({ status: 200 });
      expect(await web.get('http', 'steady.test')).toMatchObject({ status: 200 });
      expect(await web.get('http', 'resident.test')).toMatchObject({ status: 200 });
      expect(await readdir(web.target.workspace)).toEqual([]);
      await mend();
      await spoil();
    }
    expect(dieAt).toBeGreaterThanOrEqual(12);
  }, 400_000);
});
