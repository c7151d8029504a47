import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, type Refusal } from '../support/api-client.js';
import { createPlatform, createSite, makeGround, platformInput, siteView, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';

const UNKNOWN = '0190f5f0-0000-7000-8000-000000000000';
const LONG = 'a'.repeat(64);

describe('bad input', () => {
  let hler: Hler;
  let ground: Ground;
  let siteId: string;

  beforeAll(async () => {
    hler = await startHler();
    ground = await makeGround(hler);
    siteId = await createSite(hler.api, ground, 'taken.example.org', {
      aliases: [{ name: 'alias.example.org' }, { name: 'redirect.example.org', redirect: true }],
    });
  });
  afterAll(() => hler?.stop());

  /** Refused with a code and a sentence, and nothing is there that was not there before. */
  async function refused(mutation: string, input: object): Promise<Refusal> {
    const before = await hler.rowCounts();
    const refusal = await hler.api.refusalOf(mutation, input);
    expect(refusal.message).toMatch(/^\S.{10,}[.?!]$/s);
    expect(refusal.message).not.toMatch(/\p{Cc}|[A-Z]\w+Error:|node_modules/u);
    expect(await hler.rowCounts()).toEqual(before);
    return refusal;
  }

  const siteInput = (uri: string, more: object = {}) => ({
    uri,
    clientId: ground.clientId,
    platformId: ground.platformId,
    ...more,
  });

  it.each([
    '',
    ' ',
    '.',
    'localhost',
    'two..dots.example.org',
    '.example.org',
    `${LONG}.example.org`,
    `${'abcdefgh.'.repeat(30)}example.org`,
    'x'.repeat(5_000),
    '-a.example.org',
    'a-.example.org',
    'a_b.example.org',
    'a b.example.org',
    'a\tb.example.org',
    'a\n.example.org',
    'a\u0000.example.org',
    'a\u007f.example.org',
    'a\u202e.example.org',
    'a;.example.org',
    'a{}.example.org',
    '$host.example.org',
    '"a".example.org',
    'a/../b.example.org',
    'a%2eb.example.org',
    '127.0.0.1',
    '0x7f.1',
    '[::1]',
    'http://a.example.org',
    'a.example.org:80',
    'xn--a.example.org',
    'a.*.example.org',
    'a*.example.org',
    '*',
    '*.',
    'ａ.example.org',
  ])('refuses the hostname %j as a main name and as an alias', async (name) => {
    expect(await refused('createSite', siteInput(name))).toMatchObject({ code: 'HOSTNAME_INVALID' });
    expect(await refused('addAlias', { siteId, name })).toMatchObject({ code: 'HOSTNAME_INVALID' });
  });

  it('refuses a wildcard where there can be none', async () => {
    expect(await refused('createSite', siteInput('*.example.org'))).toMatchObject({
      code: 'HOSTNAME_WILDCARD_NOT_ALLOWED',
    });
    const input = { siteId, name: 'alias.example.org', redirectTo: '*.example.org' };
    expect(await refused('setRedirect', input)).toMatchObject({ code: 'HOSTNAME_WILDCARD_NOT_ALLOWED' });
    expect(await refused('addAlias', { siteId, name: '*.org' })).toMatchObject({ code: 'HOSTNAME_INVALID' });
  });

  it('refuses names that another site has, however they are written', async () => {
    for (const name of ['taken.example.org', 'TAKEN.Example.org.', 'alias.example.org', 'redirect.example.org']) {
      expect(await refused('createSite', siteInput(name))).toMatchObject({ code: 'HOSTNAME_TAKEN' });
      const aliases = [{ name: 'free.example.org' }, { name }];
      expect(await refused('createSite', siteInput('new.example.org', { aliases }))).toMatchObject({
        code: 'HOSTNAME_TAKEN',
      });
    }
    const other = await createSite(hler.api, ground, 'other.example.org');
    for (const name of ['taken.example.org', 'alias.example.org']) {
      expect(await refused('addAlias', { siteId: other, name })).toMatchObject({ code: 'HOSTNAME_TAKEN' });
      const declared = { siteId: other, https: 'REQUIRED', aliases: [{ name: 'fine.example.org' }, { name }] };
      expect(await refused('updateSite', declared)).toMatchObject({ code: 'HOSTNAME_TAKEN' });
    }
    expect(await siteView(hler.api, other)).toMatchObject({ https: 'DISABLED', aliases: [] });
  });

  it('refuses the main name as an alias, and what is no alias', async () => {
    const main = { siteId, name: 'taken.example.org' };
    expect(await refused('addAlias', main)).toMatchObject({ code: 'ALIAS_IS_MAIN_NAME' });
    expect(await refused('removeAlias', main)).toMatchObject({ code: 'ALIAS_IS_MAIN_NAME' });
    expect(await refused('setRedirect', { ...main, redirectTo: 'alias.example.org' })).toMatchObject({
      code: 'ALIAS_IS_MAIN_NAME',
    });
    expect(await refused('updateSite', { siteId, aliases: [{ name: 'taken.example.org' }] })).toMatchObject({
      code: 'ALIAS_IS_MAIN_NAME',
    });
    const same = siteInput('same.example.org', { aliases: [{ name: 'same.example.org' }] });
    expect(await refused('createSite', same)).toMatchObject({ code: 'ALIAS_IS_MAIN_NAME' });
    const unknown = { siteId, name: 'unknown.example.org' };
    expect(await refused('removeAlias', unknown)).toMatchObject({ code: 'ALIAS_NOT_FOUND' });
    expect(await refused('setRedirect', { ...unknown, redirectTo: null })).toMatchObject({ code: 'ALIAS_NOT_FOUND' });
  });

  it('takes the same alias named twice in one input as named once', async () => {
    const aliases = [{ name: 'twice.example.org' }, { name: 'TWICE.example.org.' }];
    const id = await createSite(hler.api, ground, 'double.example.org', { aliases });
    expect((await siteView(hler.api, id)).aliases).toHaveLength(1);
    await hler.api.done('deleteSite', { siteId: id });
  });

  it('refuses redirections to anywhere but a served name of the site', async () => {
    for (const redirectTo of [
      'elsewhere.example.com',
      'other.example.org',
      'redirect.example.org',
      'alias.example.org',
    ]) {
      expect(await refused('setRedirect', { siteId, name: 'alias.example.org', redirectTo })).toMatchObject({
        code: 'REDIRECT_TARGET_INVALID',
      });
    }
    await hler.api.done('setRedirect', { siteId, name: 'redirect.example.org', redirectTo: 'alias.example.org' });
    expect(await refused('removeAlias', { siteId, name: 'alias.example.org' })).toMatchObject({
      code: 'REDIRECT_TARGET_INVALID',
    });
    expect(
      await refused('setRedirect', { siteId, name: 'alias.example.org', redirectTo: 'taken.example.org' }),
    ).toMatchObject({ code: 'REDIRECT_TARGET_INVALID' });
    const declared = { siteId, aliases: [{ name: 'redirect.example.org', redirect: true }] };
    await hler.api.done('updateSite', { ...declared, aliases: [...declared.aliases, { name: 'alias.example.org' }] });
  });

  it('refuses certificates for no name, too many, or names of others', async () => {
    for (const names of [[], ['other.example.org'], ['taken.example.org', 'never.example.org']]) {
      expect(await refused('issueCertificate', { siteId, names })).toMatchObject({ code: 'CERTIFICATE_NAMES_INVALID' });
    }
    expect(await refused('issueCertificate', { siteId, names: ['a b'] })).toMatchObject({ code: 'HOSTNAME_INVALID' });
    const aliases = Array.from({ length: 101 }, (_, index) => ({ name: `n${index}.many.example.org` }));
    expect(await refused('createSite', siteInput('many.example.org', { https: 'ENABLED', aliases }))).toMatchObject({
      code: 'SITE_NAMES_TOO_MANY',
    });
  });

  it('lets one of ten win who create the same name at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        hler.api
          .mutate('createSite', siteInput('raced.example.org', { aliases: [{ name: `r${index}.example.org` }] }))
          .catch((error: unknown) => error),
      ),
    );
    const won = outcomes.filter((outcome) => !(outcome instanceof Error));
    const lost = outcomes.filter((outcome) => outcome instanceof ApiError).map(({ refusal }) => refusal.code);
    expect(lost).toEqual(Array(9).fill('HOSTNAME_TAKEN'));
    expect(won).toHaveLength(1);
    expect((await hler.api.ended((won as { operation: { id: string } }[])[0]!.operation.id)).state).toBe('SUCCEEDED');
    expect(await hler.sql(`SELECT name FROM site_names WHERE name LIKE 'r%.example.org' ORDER BY name`)).toHaveLength(
      // The alias and the main name of the one that won, and redirect.example.org.
      3,
    );
  });

  it('lets one of two win whose names cross', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const names =
          index % 2 === 0
            ? ['x.cross.example.org', 'y.cross.example.org']
            : ['y.cross.example.org', 'x.cross.example.org'];
        return hler.api
          .mutate('createSite', siteInput(names[0]!, { aliases: [{ name: names[1] }] }))
          .then(() => 'WON')
          .catch((error: unknown) => (error instanceof ApiError ? error.refusal.code : String(error)));
      }),
    );
    expect(outcomes.toSorted()).toEqual([...Array(9).fill('HOSTNAME_TAKEN'), 'WON']);
  });

  it('refuses ids that are unknown or none', async () => {
    const inputs: Readonly<Record<string, (id: string) => object>> = {
      createSite: (id) => siteInput('unknown.example.org', { platformId: id }),
      verifySite: (id) => ({ siteId: id }),
      enableSite: (id) => ({ siteId: id }),
      disableSite: (id) => ({ siteId: id }),
      deleteSite: (id) => ({ siteId: id }),
      updateSite: (id) => ({ siteId: id }),
      addAlias: (id) => ({ siteId: id, name: 'a.example.org' }),
      removeAlias: (id) => ({ siteId: id, name: 'a.example.org' }),
      setRedirect: (id) => ({ siteId: id, name: 'a.example.org' }),
      setHttps: (id) => ({ siteId: id, https: 'ENABLED' }),
      issueCertificate: (id) => ({ siteId: id }),
      verifyServer: (id) => ({ serverId: id }),
      createPlatform: (id) => platformInput('unknown', id, '/srv'),
      cancelOperation: (id) => ({ operationId: id }),
      retryOperation: (id) => ({ operationId: id }),
    };
    for (const [mutation, input] of Object.entries(inputs)) {
      expect(await refused(mutation, input(UNKNOWN))).toMatchObject({
        code: expect.stringMatching(/^(SITE|SERVER|PLATFORM|OPERATION)_NOT_FOUND$/),
      });
      for (const id of [
        '',
        '1',
        'x'.repeat(5000),
        "' OR 1=1",
        '0190f5f0-0000-4000-8000-000000000000',
        `${UNKNOWN}\n`,
      ]) {
        expect(await refused(mutation, input(id))).toMatchObject({ code: 'ID_INVALID' });
      }
    }
    expect(await refused('createSite', siteInput('a.example.org', { clientId: UNKNOWN }))).toMatchObject({
      code: 'CLIENT_NOT_FOUND',
    });
    const platform = { ...platformInput('unknown', ground.serverId, '/srv'), clientId: UNKNOWN };
    expect(await refused('createPlatform', platform)).toMatchObject({ code: 'CLIENT_NOT_FOUND' });
    for (const field of ['site', 'server', 'platform', 'client', 'certificate', 'operation', 'node']) {
      const query = `query ($id: ID!) { ${field}(id: $id) { id } }`;
      expect(await hler.api.ask(query, { id: UNKNOWN })).toEqual({ [field]: null });
      expect((await hler.api.refusal(query, { id: 'nonsense' })).code).toBe('ID_INVALID');
      expect((await hler.api.refusal(query, { id: 7 })).code).toBe('ID_INVALID');
    }
  });

  it('takes an id in upper case as the same id', async () => {
    const { operation } = await hler.api.mutate('verifySite', { siteId: siteId.toUpperCase() });
    expect((await hler.api.ended(operation.id)).subjectId).toBe(siteId);
    expect((await hler.api.refusalOf('cancelOperation', { operationId: operation.id.toUpperCase() })).code).toBe(
      'OPERATION_ALREADY_ENDED',
    );
  });

  it.each(['', 'A', '1a', '-a', 'a b', 'a'.repeat(64), 'ä', 'a;b', 'a\n'])(
    'refuses %j as a machine name',
    async (name) => {
      expect(await refused('createClient', { name })).toMatchObject({ code: 'NAME_INVALID' });
      const platform = platformInput(name, ground.serverId, `${hler.platforms}/hello`);
      expect(await refused('createPlatform', platform)).toMatchObject({ code: 'NAME_INVALID' });
      expect(await refused('registerServer', { name })).toMatchObject({ code: 'NAME_INVALID' });
    },
  );

  it('refuses names and servers that there are already', async () => {
    expect(await refused('createClient', { name: 'acme' })).toMatchObject({ code: 'NAME_TAKEN' });
    const platform = platformInput('hello', ground.serverId, `${hler.platforms}/hello`);
    expect(await refused('createPlatform', platform)).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await refused('registerServer', { name: 'other' })).toMatchObject({ code: 'SERVER_ALREADY_REGISTERED' });
    expect(await refused('registerServer', { name: 'other', enrolment: { serverId: 1 } })).toMatchObject({
      code: 'SERVER_ENROLMENT_INVALID',
    });
    for (const label of ['', 'a\u0000b', 'x'.repeat(300)]) {
      expect(await refused('createClient', { name: 'labelled', label })).toMatchObject({ code: 'INPUT_INVALID' });
    }
  });

  it.each([
    '',
    'relative/path',
    './x',
    '/srv/../etc',
    '/srv/./x',
    '/a b',
    '/a\nb',
    '/a;b',
    '/a{b',
    '/a"b',
    '/a$b',
    `/${'x'.repeat(5000)}`,
  ])('refuses %j as a path', async (path) => {
    expect(await refused('createPlatform', platformInput('paths', ground.serverId, path))).toMatchObject({
      code: 'PATH_INVALID',
    });
  });

  it('says of a directory why it cannot be a platform', async () => {
    await mkdir(`${hler.root}/outside`, { recursive: true });
    await symlink(`${hler.root}/outside`, `${hler.platforms}/link`);
    await symlink(hler.paths.keys, `${hler.platforms}/keys`);
    await writeFile(`${hler.platforms}/file`, '');
    const expected = {
      [`${hler.platforms}/missing`]: 'PLATFORM_MISSING',
      [`${hler.platforms}/file`]: 'PLATFORM_MISSING',
      [`${hler.platforms}/link`]: 'PATH_OUTSIDE_ROOTS',
      [`${hler.platforms}/keys`]: 'PATH_OUTSIDE_ROOTS',
      '/etc': 'PATH_OUTSIDE_ROOTS',
      [hler.paths.keys]: 'PATH_OUTSIDE_ROOTS',
    };
    for (const [index, [path, code]] of Object.entries(expected).entries()) {
      const operation = await hler.api.work('createPlatform', platformInput(`bad${index}`, ground.serverId, path));
      expect(operation).toMatchObject({ state: 'FAILED', failure: { code, task: 'platform.check' } });
    }
  });

  it('lets a site be deleted whose platform never came to be, so that its name is free again', async () => {
    const bad = platformInput('never', ground.serverId, `${hler.platforms}/never`);
    const { subjectId: platformId } = await hler.api.work('createPlatform', bad);
    const failed = await hler.api.work('createSite', siteInput('orphan.example.org', { platformId }));
    expect(failed).toMatchObject({ state: 'FAILED', failure: { code: 'PLATFORM_NOT_READY' } });
    expect((await hler.get('http', 'orphan.example.org')).status).toBe(404);
    await hler.api.done('deleteSite', { siteId: failed.subjectId });
    await createSite(hler.api, ground, 'orphan.example.org');
    expect((await hler.get('http', 'orphan.example.org')).status).toBe(200);
  });

  it('serves a name of 253 characters, the longest there is, and lets go of it', async () => {
    const name = [63, 63, 63, 61].map((length) => 'n'.repeat(length)).join('.');
    const siteId = await createSite(hler.api, ground, name);
    expect((await hler.get('http', name)).status).toBe(200);
    await hler.api.done('deleteSite', { siteId });
    expect((await hler.get('http', name)).status).toBe(404);
  });

  it('goes on serving a site whose platform is gone, says so, and mends it when it is back', async () => {
    const path = await hler.codeBase('goes');
    const platformId = await createPlatform(hler.api, 'goes', ground.serverId, path);
    const id = await createSite(hler.api, { ...ground, platformId }, 'goes.example.org', { https: 'ENABLED' });
    await rename(path, `${path}.away`);
    for (const [mutation, input] of [
      ['verifySite', { siteId: id }],
      ['addAlias', { siteId: id, name: 'more.goes.example.org' }],
    ] as const) {
      expect(await hler.api.work(mutation, input)).toMatchObject({
        state: 'FAILED',
        failure: { code: 'PLATFORM_MISSING', task: 'platform.check', summary: expect.stringContaining(path) },
      });
    }
    expect((await siteView(hler.api, id)).status).toBe('ENABLED');
    // Its virtual host answers: the files are what is missing.
    expect((await hler.get('https', 'goes.example.org')).status).toBe(404);
    expect((await hler.get('http', 'taken.example.org')).status).toBe(200);
    // Not to serve it any more needs no files.
    await hler.api.done('disableSite', { siteId: id });
    expect((await hler.get('https', 'goes.example.org')).status).toBe(503);
    await rename(`${path}.away`, path);
    await hler.api.done('enableSite', { siteId: id });
    expect((await hler.get('https', 'more.goes.example.org')).status).toBe(200);
    await rm(path, { recursive: true });
    await hler.api.done('deleteSite', { siteId: id });
    expect((await hler.get('http', 'goes.example.org')).status).toBe(404);
  });

  it('refuses pages that cannot be and documents that are too much', async () => {
    for (const range of [
      'first: 0',
      'first: -1',
      'first: 101',
      'last: 0',
      'first: 1, last: 1',
      'after: "x"',
      'before: ""',
    ]) {
      const { code } = await hler.api.refusal(`{ sites(${range}) { totalCount } }`);
      expect(code).toMatch(/^(INPUT_INVALID|CURSOR_INVALID)$/);
    }
    expect((await hler.api.refusal('{ sites {')).code).toBe('GRAPHQL_PARSE_FAILED');
    expect((await hler.api.refusal('{ nothing }')).code).toBe('GRAPHQL_VALIDATION_FAILED');
    const deep = `{ operations { nodes { ${'blockedBy { '.repeat(30)} id ${'} '.repeat(30)} } } }`;
    expect((await hler.api.refusal(deep)).code).toBe('GRAPHQL_LIMIT_EXCEEDED');
  });
});
