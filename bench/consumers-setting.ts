import { randomUUID } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { spkiOf } from '../src/certificates/domain/spki.js';
import type { VhostSpec } from '../src/consumers/index.js';
import { makeKeyPair, privateKeyPem, selfSign } from '../workers/tls/make-self-signed.js';
import { name, type PrivateHttpServer } from '../test/support/private-http-server.js';

const SHARED = 'shared.bench.test';

/** Sites of one code base with HTTPS: the first `own` of them have a certificate each, the others share one. */
export async function makeSites(web: PrivateHttpServer, count: number, own: number): Promise<readonly VhostSpec[]> {
  const root = `${web.root}/www/hello`;
  await mkdir(root, { recursive: true });
  await writeFile(`${root}/index.html`, 'hello\n');
  const shared = count > own ? await makeCertificate(web, [`*.${SHARED}`]) : '';
  const sites: VhostSpec[] = [];
  for (let index = 0; index < count; index += 1) {
    const uri = index < own ? `own-${index}.bench.test` : `site-${index}.${SHARED}`;
    const certificate = index < own ? await makeCertificate(web, [uri]) : shared;
    sites.push({
      siteId: randomUUID(),
      uri,
      state: 'ENABLED',
      https: 'ENABLED',
      names: [name(uri, { certificate })],
      application: { type: 'STATIC', root },
    });
  }
  return sites;
}

/** As the product lays it out. */
async function makeCertificate({ server }: PrivateHttpServer, names: readonly string[]): Promise<string> {
  const pair = await makeKeyPair('EC_P256');
  const spki = spkiOf(pair.publicKey);
  const directory = `${server.paths.tls}/${spki}`;
  await mkdir(`${directory}/gen-1`, { recursive: true, mode: 0o700 });
  await writeFile(`${directory}/gen-1/fullchain.pem`, await selfSign(pair, { names, days: 90, now: new Date() }));
  await writeFile(`${directory}/gen-1/privkey.pem`, privateKeyPem(pair.privateKey).reveal(), { mode: 0o400 });
  await symlink('gen-1', `${directory}/live`);
  return spki;
}
