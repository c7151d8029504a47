import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../support/api-client.js';
import { createPlatform, createSite, makeGround, platformInput, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';

// A short run belongs to the tier; `npm run test:chaos` makes a long one. A seed that failed fails again.
const ROUNDS = Number(process.env['HLER_TEST_CHAOS_ROUNDS'] ?? '1');
const SEED = Number(process.env['HLER_TEST_CHAOS_SEED'] ?? '1');

interface Victim {
  readonly mutation: string;
  /** What has to be there first; gives the input. */
  readonly prepare: (uri: string) => Promise<object>;
  /** What is served when it has ended as if nothing had happened. */
  readonly outcome: (uri: string, operation: Operation) => Promise<void>;
}

describe('kill -9 of everything that Hlér is, while an operation is at work', () => {
  let hler: Hler;
  let ground: Ground;
  const random = randomFrom(SEED);

  beforeAll(async () => {
    hler = await startHler();
    ground = await makeGround(hler);
  });
  afterAll(() => hler?.stop());

  const served = async (scheme: 'http' | 'https', uri: string, status = 200): Promise<void> => {
    expect((await hler.get(scheme, uri)).status).toBe(status);
  };
  const site = async (uri: string, more: object = {}): Promise<object> => ({
    siteId: await createSite(hler.api, ground, uri, more),
  });

  const VICTIMS: Readonly<Record<string, Victim>> = {
    'server.verify': {
      mutation: 'verifyServer',
      prepare: async () => ({ serverId: ground.serverId }),
      outcome: async () => served('http', 'nobody.example.org', 404),
    },
    'platform.verify': {
      mutation: 'createPlatform',
      prepare: async (uri) => platformInput(uri.split('.')[0]!, ground.serverId, await hler.codeBase(uri)),
      outcome: async (_, { subjectId }) => {
        const { platform } = await hler.api.ask<{ platform: object }>(
          'query ($id: ID!) { platform(id: $id) { status } }',
          { id: subjectId },
        );
        expect(platform).toEqual({ status: 'ENABLED' });
      },
    },
    'site.install': {
      mutation: 'createSite',
      prepare: async (uri) => ({ uri, https: 'ENABLED', clientId: ground.clientId, platformId: ground.platformId }),
      outcome: async (uri) => served('https', uri),
    },
    'site.verify': {
      mutation: 'setHttps',
      prepare: async (uri) => ({ ...(await site(uri)), https: 'REQUIRED' }),
      outcome: async (uri) => {
        await served('https', uri);
        await served('http', uri, 301);
      },
    },
    'certificate.issue': {
      mutation: 'issueCertificate',
      prepare: async (uri) => site(uri, { https: 'ENABLED' }),
      outcome: async (uri) => served('https', uri),
    },
    'site.disable': {
      mutation: 'disableSite',
      prepare: async (uri) => site(uri, { https: 'ENABLED' }),
      outcome: async (uri) => served('https', uri, 503),
    },
    'site.delete': {
      mutation: 'deleteSite',
      prepare: async (uri) => site(uri),
      outcome: async (uri) => served('http', uri, 404),
    },
  };

  const rounds = Object.keys(VICTIMS).flatMap((kind) =>
    Array.from({ length: ROUNDS }, (_, round) => [kind, round, 1 + Math.floor(random() * 8)] as const),
  );

  it.each(rounds)('%s, round %i, at event %i, ends as if nothing had happened', async (kind, round, atEvent) => {
    const { mutation, prepare, outcome } = VICTIMS[kind]!;
    const uri = `${kind.replace('.', '-')}-${round}.example.org`;
    const input = await prepare(uri);
    const { operation } = await hler.api.mutate(mutation, input);
    await killAtEvent(operation.id, atEvent);
    await hler.start();
    const ended = await hler.api.ended(operation.id, 60_000);
    expect(ended).toMatchObject({ kind, state: 'SUCCEEDED', failure: null });
    await outcome(uri, ended);
    await nothingIsLeft();
  });

  /** Kills at the n-th event of the operation, or when it has ended before that. */
  async function killAtEvent(id: string, atEvent: number): Promise<void> {
    for await (const { position } of hler.api.events(id)) {
      if (position >= atEvent) {
        break;
      }
    }
    await hler.kill9();
  }

  /** One directory for each certificate that is active, a virtual host for each site, and no half-written file. */
  async function nothingIsLeft(): Promise<void> {
    const certificates = await hler.sql<{ spki: string }>(`SELECT spki FROM certificates WHERE status = 'ACTIVE'`);
    const directories = (await readdir(hler.paths.tls)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    expect(directories.sort()).toEqual(certificates.map(({ spki }) => spki).sort());
    const sites = await hler.sql<{ uri: string }>(`SELECT uri FROM sites WHERE status <> 'DELETED'`);
    const files = await readdir(join(hler.paths.config, 'nginx/vhost.d'));
    expect(files.sort()).toEqual(sites.map(({ uri }) => `${uri}.conf`).sort());
    for (const name of await readdir(hler.paths.staging, { recursive: true, withFileTypes: true })) {
      if (name.isFile()) {
        throw new Error(`Left in staging: ${name.name}: ${await readFile(join(name.parentPath, name.name), 'utf8')}`);
      }
    }
  }

  it('still takes work after all of it', async () => {
    const path = await hler.codeBase('afterwards');
    const platformId = await createPlatform(hler.api, 'afterwards', ground.serverId, path);
    await createSite(hler.api, { ...ground, platformId }, 'afterwards.example.org', { https: 'REQUIRED' });
    expect((await hler.get('https', 'afterwards.example.org')).status).toBe(200);
  });
});

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
