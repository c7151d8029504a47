import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DRUPAL_DIALECTS } from '../support/drupal-dialects.js';
import { DrupalServer, FILE_SERVERS } from '../support/drupal-server.js';
import { EXECUTED } from '../support/drupal-tree.js';

describe.each(FILE_SERVERS)('what the administrator adds to one site of %s', (consumer) => {
  let drupal: DrupalServer;
  beforeAll(async () => {
    drupal = await DrupalServer.make(consumer);
  });
  afterAll(async () => drupal?.remove());

  const extra = (uri: string) => `${drupal.web.target.directory}/extra.d/${uri}.conf`;

  it('comes before our own, and is never written', async () => {
    const site = await drupal.site('extra.test', 10);
    const dialect = DRUPAL_DIALECTS[consumer];
    const text = dialect.extra('extra.test', drupal.fpm.socket('two'));
    await drupal.serve(await drupal.web.site('plain.extra.test'));
    await writeFile(extra('extra.test'), text);
    await writeFile(extra('plain.extra.test'), dialect.hello);
    await drupal.serve(site);
    await drupal.serve({ ...(await drupal.web.site('plain.extra.test')), siteId: site.siteId.replace(/^./, '0') });
    for (const path of ['/update.php', '/update.php/selection']) {
      expect((await drupal.get('extra.test', path)).body).toBe(EXECUTED);
    }
    expect((await drupal.get('extra.test', '/update.phpx')).status).toBe(200);
    expect((await drupal.get('extra.test', '/x.inc')).status).toBe(410);
    expect((await drupal.get('extra.test', '/', { method: 'POST', body: 'x'.repeat(2_000) })).status).toBe(413);
    expect((await drupal.get('plain.extra.test', '/hello')).status).toBe(204);
    expect(await readFile(extra('extra.test'), 'utf8')).toBe(text);
  });

  it('costs only that site a change when it is wrong', async () => {
    const site = await drupal.site('wrong.test', 10);
    await chmod(`${drupal.web.target.directory}/extra.d`, 0o755);
    await writeFile(extra('wrong.test'), 'not_a_directive;');
    const results = await drupal.web.apply([
      { type: 'SITE', site },
      { type: 'SITE', site: await drupal.web.site('right.test') },
    ]);
    expect(results).toMatchObject([{ status: 'ERROR', failure: { code: 'VHOST_INVALID' } }, { status: 'SUCCESS' }]);
    await rm(extra('wrong.test'));
    expect(await drupal.serve(site)).toMatchObject({ status: 'SUCCESS' });
  });
});
