import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMERS, WEB_SERVER_NAMES, type HttpServerSpec, type VhostSpec } from '../../src/consumers/index.js';
import { aServer } from '../../src/consumers/a-vhost.fixture.js';
import { hostileName, hostilePath } from '../hostile/hostile-values.js';
import { readBoth } from '../hostile/twin.js';
import { ApiError, type Operation } from '../support/api-client.js';
import { PARSERS } from '../support/config-tree.js';
import { makeGround, platformInput, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';
import { seedFromEnvironment, SeededRandom } from '../support/seeded-random.js';

/** For each web server; `npm run test:hostile` tries 250. */
const CALLS = Number(process.env['HLER_TEST_HOSTILE_CALLS'] ?? '24');
const LANES = 4;
const SEED = seedFromEnvironment();

describe.each(WEB_SERVER_NAMES)(`hler up with %s, called ${CALLS} times (HLER_TEST_SEED=${SEED})`, (consumer) => {
  let hler: Hler;
  let ground: Ground;
  let root: string;
  beforeAll(async () => {
    hler = await startHler({ env: { HLER_HTTP_CONSUMER: consumer } });
    ground = await makeGround(hler);
    root = join(hler.platforms, 'hello');
  });
  afterAll(() => hler?.stop());

  const random = new SeededRandom(SEED);
  const refusals = new Map<string, number>();

  /** Undefined when it is refused, as it may be: with a code of the API's own. */
  async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof ApiError) || ['', 'INTERNAL'].includes(error.refusal.code)) {
        throw error;
      }
      refusals.set(error.refusal.code, (refusals.get(error.refusal.code) ?? 0) + 1);
      return undefined;
    }
  }

  const hostileInput = (): object => ({
    uri: hostileName(random, { share: 0.5 }),
    clientId: ground.clientId,
    platformId: ground.platformId,
    https: random.pick(['DISABLED', 'ENABLED', 'REQUIRED']),
    aliases: random.list(3, () => ({
      name: hostileName(random, { wildcard: random.chance(0.2), share: 0.1 }),
      redirect: random.chance(0.3),
    })),
    ...(random.chance(0.1) ? { phpSocket: hostilePath(random, { below: '/run/php' }) } : {}),
  });

  async function createSites(): Promise<readonly Operation[]> {
    const inputs = Array.from({ length: CALLS }, hostileInput);
    const started: Operation[] = [];
    const lane = async (): Promise<void> => {
      for (let input = inputs.pop(); input !== undefined; input = inputs.pop()) {
        const answer = await unlessRefused(hler.api.mutate('createSite', input));
        started.push(...(answer === undefined ? [] : [answer.operation]));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return Promise.all(started.map(({ id }) => hler.api.ended(id, 60_000 + CALLS * 1_000)));
  }

  /** What the web server was to be told of a site, from what the API says of it. */
  async function specOf(id: string): Promise<VhostSpec> {
    const { site } = await hler.api.ask<{ site: SiteAnswer }>(SITE, { id });
    const found = await Promise.all(site.coverage.map(({ certificateId }) => spkiOf(certificateId)));
    const spkis = new Map(site.coverage.map(({ name }, index) => [name, found[index] ?? null]));
    const certificateOf = (name: string): string | null =>
      site.https === 'DISABLED' ? null : (spkis.get(name) ?? null);
    const names = [
      { name: site.uri, redirectTo: null },
      ...site.aliases.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ];
    return {
      siteId: id,
      uri: site.uri,
      state: 'ENABLED',
      https: site.https,
      names: names.map(({ name, redirectTo }) => ({ name, redirectTo, certificate: certificateOf(name) })),
      application: { type: 'STATIC', root },
    };
  }

  async function spkiOf(id: string | null): Promise<string | null> {
    const query = 'query ($id: ID!) { certificate(id: $id) { spki } }';
    return id === null ? null : (await hler.api.ask<{ certificate: { spki: string } }>(query, { id })).certificate.spki;
  }

  async function serverSpec(): Promise<HttpServerSpec> {
    const query = '{ servers(first: 1) { nodes { id programVersion } } }';
    const { servers } = await hler.api.ask<{ servers: { nodes: { id: string; programVersion: string }[] } }>(query);
    const { config, tls, staging, run, log } = hler.paths;
    return aServer({
      addresses: ['127.0.0.1'],
      httpPort: hler.ports.http,
      httpsPort: hler.ports.https,
      paths: { config, tls, staging, run, log },
      programVersion: servers.nodes[0]?.programVersion ?? null,
    });
  }

  it(
    'serves what it accepts, from files without an unintended directive',
    async () => {
      const ended = await createSites();
      expect(ended.filter(({ state }) => !['SUCCEEDED', 'SUCCEEDED_WITH_WARNINGS'].includes(state))).toEqual([]);
      expect(ended.length).toBeGreaterThan(CALLS / 10);
      expect([...refusals.keys()]).toEqual(expect.arrayContaining(['HOSTNAME_INVALID']));
      const server = await serverSpec();
      for (const { subjectId } of ended) {
        const spec = await specOf(subjectId);
        const { expected } = readBoth(CONSUMERS[consumer], spec, server);
        for (const { path } of CONSUMERS[consumer].renderSite(spec, server)) {
          const text = await readFile(join(hler.paths.config, consumer, path), 'utf8');
          const wanted = expected.find((file) => file.path === path)?.directives;
          expect({ spec, directives: PARSERS[consumer](text) }).toEqual({ spec, directives: wanted });
        }
      }
    },
    180_000 + CALLS * 4_000,
  );

  it(
    'refuses hostile platforms and redirects, or takes them as they are',
    async () => {
      const [site] = await createSites();
      for (let index = 0; index < CALLS; index += 1) {
        const path = hostilePath(random, { share: 0.7, below: hler.platforms });
        const made = await unlessRefused(
          hler.api.mutate('createPlatform', platformInput(`p${index}`, ground.serverId, path)),
        );
        // Accepted is what names a directory, which is not there: its operation says so.
        expect(
          made === undefined ? null : ((await hler.api.ended(made.operation.id)).failure?.code ?? 'none'),
        ).toSatisfy((code: string | null) => code === null || code.startsWith('PLATFORM_'));
        const name = hostileName(random, { share: 0.7 });
        await unlessRefused(hler.api.mutate('setRedirect', { siteId: site!.subjectId, name, redirectTo: name }));
      }
      expect([...refusals.keys()]).toEqual(expect.arrayContaining(['PATH_INVALID', 'ALIAS_NOT_FOUND']));
    },
    180_000 + CALLS * 4_000,
  );
});

const SITE = `query ($id: ID!) { site(id: $id) { uri https aliases { name redirectTo }
  coverage { name certificateId } } }`;

interface SiteAnswer {
  readonly uri: string;
  readonly https: VhostSpec['https'];
  readonly aliases: readonly { readonly name: string; readonly redirectTo: string | null }[];
  readonly coverage: readonly { readonly name: string; readonly certificateId: string | null }[];
}
