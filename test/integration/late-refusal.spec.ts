import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../workers/system/run-command.js';
import { DIALECTS } from '../support/consumer-dialects.js';
import { PrivateHttpServer, succeeded } from '../support/private-http-server.js';

describe('a change that only the check of the live files refuses', () => {
  let web: PrivateHttpServer;
  beforeEach(async () => {
    web = await PrivateHttpServer.make('apache');
    succeeded((await web.apply([{ type: 'SERVER' }]))[0]);
  });
  afterEach(() => web.remove());

  it('is taken back alone; the others go live with the same reload', async () => {
    const live = web.target.directory;
    let spoilt = false;
    const run: typeof runCommand = async (command, options) => {
      if (!spoilt && command.args.includes('-t') && command.args.includes(live)) {
        spoilt = true;
        await writeFile(`${live}/vhost.d/b.test.conf`, DIALECTS.apache.nonsense);
      }
      return runCommand(command, options);
    };
    const sites = [await web.site('a.test'), await web.site('b.test')];
    const results = await web.apply(
      sites.map((site) => ({ type: 'SITE', site })),
      { run },
    );
    expect(spoilt).toBe(true);
    expect(results).toMatchObject([
      { status: 'SUCCESS' },
      { status: 'ERROR', failure: { code: 'VHOST_INVALID', details: { file: 'vhost.d/b.test.conf' } } },
    ]);
    expect(await web.liveFiles()).toEqual(['a.test.conf']);
    expect(await web.get('http', 'a.test')).toMatchObject({ status: 200 });
  });
});
