import { chmod, chown, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER_NAMES, CONSUMERS, type ConsumerName, type VhostSpec } from '../../src/consumers/index.js';
import { joinDrifts, type Drift, type FileProblem } from '../../src/operations/domain/drift.js';
import { newId } from '../../src/shared/ids.js';
import { compareChanges } from '../../workers/http/compare-changes.js';
import type { HttpChange } from '../../workers/http/http-change.js';
import { name, PrivateHttpServer, succeeded } from '../support/private-http-server.js';
import { SeededChoice } from '../support/seeded-choice.js';

const SEED = Number(process.env['HLER_TEST_SEED'] ?? '4711');
const MUTATIONS = 20;
const SECRET = 'correct horse battery staple';
const STRANGER = 1;

describe.each(CONSUMER_NAMES)('drift on %s', (consumer) => {
  let web: PrivateHttpServer;
  let sites: readonly VhostSpec[];
  beforeAll(async () => {
    web = await PrivateHttpServer.make(consumer);
    sites = await someSites(web);
    (await web.apply(everything())).forEach(succeeded);
    for (const folder of ['pre.d', 'post.d', 'extra.d']) {
      await writeFile(`${web.target.directory}/${folder}/a.test.conf`, "# the administrator's\n");
    }
    // Where others have to name them, they do.
    (await web.apply(everything())).forEach(succeeded);
  });
  afterAll(() => web?.remove());

  const everything = (): readonly HttpChange[] => [
    { type: 'SERVER', siteUris: sites.map(({ uri }) => uri) },
    ...sites.map((site) => ({ type: 'SITE', site }) as const),
  ];
  const compare = async (changes: readonly HttpChange[] = everything()): Promise<Drift> => {
    const context = { operationId: newId(), outputs: {}, signal: new AbortController().signal, log: () => undefined };
    const calls = changes.map((change) => ({ input: { ...web.call(change), dryRun: true }, context }));
    return joinDrifts(
      (await compareChanges(calls)).map((result) => succeeded(result).drift).filter((each) => each !== undefined),
    );
  };
  const named = ({ files }: Drift) => files.map(({ path, problems }) => ({ path, problems }));
  const at = (path: string): string => `${web.target.directory}/${path}`;

  it('reports nothing where nothing differs, and changes nothing by looking', async () => {
    const before = await snapshot(web.root);
    const workers = await web.workers();
    expect(await compare()).toEqual({ files: [], answers: [], omittedFiles: 0, omittedAnswers: 0, commands: [] });
    expect(await snapshot(web.root)).toEqual(before);
    expect(await web.workers()).toEqual(workers);
  });

  it(`names exactly what was changed, and what it names is repaired, byte for byte (seed ${SEED})`, async () => {
    const choice = new SeededChoice(SEED);
    for (let round = 0; round < MUTATIONS; round += 1) {
      const before = await snapshot(web.target.directory);
      const files = Object.keys(before).filter((path) => !/^(pre|post|extra)\.d\//.test(path));
      const { path, problems, what } = await mutate(choice, at, files);
      const looked = await compare();
      expect({ what, found: named(looked) }).toEqual({ what, found: [{ path, problems }] });
      expect({ what, answers: looked.answers }).toEqual({ what, answers: [] });
      expect({
        what,
        left: await lstat(at(path)).then(
          () => true,
          () => false,
        ),
      }).toEqual({ what, left: problems[0] !== 'MISSING' });

      (await web.apply(everything())).forEach(succeeded);
      expect({ what, after: await snapshot(web.target.directory) }).toEqual({ what, after: before });
      expect({ what, found: await compare() }).toMatchObject({ what, found: { files: [], answers: [] } });
    }
  }, 240_000);

  it('shows the difference as a patch, and never a secret or what lies behind a link', async () => {
    const vhost = await web.read('vhost.d/a.test.conf');
    await writeFile(at('vhost.d/a.test.conf'), vhost.replace(/a(\\*)\.test/, 'b$1.test'));
    const [edited] = (await compare()).files;
    expect(edited?.diff).toMatch(/^@@ -\d+,\d+ \+\d+,\d+ @@\n/);
    expect(edited?.diff).toMatch(/^-.*b\\*\.test/m);
    expect(edited?.diff).toMatch(/^\+.*a\\*\.test/m);
    await rm(at('vhost.d/a.test.conf'));
    await symlink('/etc/passwd', at('vhost.d/a.test.conf'));
    expect((await compare()).files).toMatchObject([{ path: 'vhost.d/a.test.conf', problems: ['CHANGED'], diff: null }]);
    (await web.apply(everything())).forEach(succeeded);
    expect(await readFile('/etc/passwd', 'utf8')).toContain('root:');
  });

  it.runIf(consumer === 'nginx')('never shows what only the master of the web server may read', async () => {
    await writeFile(at('environment.d/d.test.conf'), `fastcgi_param db_passwd "another ${SECRET}";\n`);
    const drift = await compare();
    expect(drift.files).toMatchObject([{ path: 'environment.d/d.test.conf', problems: ['CHANGED'], diff: null }]);
    expect(JSON.stringify(drift)).not.toContain(SECRET);
    (await web.apply(everything())).forEach(succeeded);
  });

  it('sees a site in isolation: of others, and of the server, it says nothing', async () => {
    await rm(at('vhost.d/b.test.conf'));
    await writeFile(at('vhost.d/stranger.conf'), '# nobody knows\n');
    await chmod(at('tls.conf'), 0o666);
    expect(named(await compare([{ type: 'SITE', site: sites[0]! }]))).toEqual([]);
    const all: readonly { path: string; problems: readonly FileProblem[] }[] = named(await compare());
    expect(all).toEqual([
      { path: 'tls.conf', problems: ['MODE'] },
      { path: 'vhost.d/stranger.conf', problems: ['EXTRA'] },
      { path: 'vhost.d/b.test.conf', problems: ['MISSING'] },
    ]);
    (await web.apply(everything())).forEach(succeeded);
  });

  it('tells what is in force from what is on the disk, and the shown certificate from the stored one', async () => {
    const [site] = sites;
    const other = { ...site!, https: 'DISABLED' } as const;
    // On the disk as it should be, but never read by the server.
    const paths = [...CONSUMERS[consumer].sitePaths('a.test'), 'certificates.conf', 'https.conf'];
    const wanted = await readIfThere(paths.map(at));
    succeeded((await web.apply([{ type: 'SITE', site: other }]))[0]);
    await Promise.all(wanted.map(([path, content]) => writeFile(path, content)));
    const drift = await compare([{ type: 'SITE', site: site! }]);
    expect(drift).toMatchObject({
      files: [],
      answers: [{ url: 'http://a.test/', problem: 'OTHER_CONFIGURATION' }, {}],
    });
    expect(drift.commands).toHaveLength(2);
    (await web.apply(everything())).forEach(succeeded);

    const certificate = site!.names[0]!.certificate!;
    await web.renewWithSameKey(certificate, 'a.test');
    expect(await compare([{ type: 'SITE', site: site! }])).toMatchObject({
      files: [],
      answers: [{ url: 'https://a.test/', problem: 'OTHER_CERTIFICATE' }],
    });
    (await web.apply(everything())).forEach(succeeded);
    expect(await compare()).toMatchObject({ files: [], answers: [] });
  });

  it('stays within its bounds, and counts the rest', async () => {
    await Promise.all(
      Array.from({ length: 520 }, (_, index) => writeFile(at(`vhost.d/x${index}.conf~`), 'x'.repeat(2_000))),
    );
    const drift = await compare();
    expect(drift).toMatchObject({ omittedFiles: 20, files: { length: 500 } });
    expect(JSON.stringify(drift).length).toBeLessThan(600_000);
    (await web.apply(everything())).forEach(succeeded);
    expect((await compare()).files).toEqual([]);
  });
});

async function someSites(web: PrivateHttpServer): Promise<readonly VhostSpec[]> {
  const certificate = await web.certificate('a.test');
  const secure = { https: 'ENABLED', names: [name('a.test', { certificate })] } as const;
  return [await web.site('a.test', secure), await web.site('b.test'), ...(await moreSites(web, web.consumer))];
}

/** With files of other kinds: one that is secret, one for wildcards. */
async function moreSites(web: PrivateHttpServer, consumer: ConsumerName): Promise<readonly VhostSpec[]> {
  if (consumer !== 'nginx') {
    return [await web.site('w.test', { names: [name('w.test'), name('*.w.test')] })];
  }
  const site = await web.site('d.test');
  const application = {
    type: 'DRUPAL',
    root: web.rootOf('d.test'),
    siteDirectory: 'sites/d.test',
    version: 11,
    phpSocket: '/run/hler-no-such.sock',
    environment: [{ name: 'db_passwd', value: SECRET }],
  } as const;
  return [{ ...site, application }];
}

interface Mutation {
  readonly path: string;
  readonly problems: readonly FileProblem[];
  readonly what: string;
}

async function mutate(choice: SeededChoice, at: (path: string) => string, files: readonly string[]): Promise<Mutation> {
  const path = choice.of(files);
  const where = at(path);
  const done = (what: string, ...problems: readonly FileProblem[]): Mutation => ({
    path,
    problems,
    what: `${what} ${path}`,
  });
  switch (
    choice.of(['edit', 'truncate', 'delete', 'chmod', 'chown', 'symlink', 'directory', 'extra', 'both'] as const)
  ) {
    case 'edit':
      await writeFile(where, `${await readFile(where, 'utf8')}# ${choice.number(1_000)}\n`);
      return done('edit', 'CHANGED');
    case 'truncate':
      await writeFile(where, '');
      return done('truncate', 'CHANGED');
    case 'delete':
      await rm(where);
      return done('delete', 'MISSING');
    case 'chmod':
      await chmod(where, choice.of([0o666, 0o664, 0o755, 0o400]));
      return done('chmod', 'MODE');
    case 'chown':
      await chown(where, STRANGER, STRANGER);
      return done('chown', 'OWNER');
    case 'symlink': {
      const copy = `${dirname(at(''))}/../elsewhere`;
      await writeFile(copy, await readFile(where));
      await rm(where);
      await symlink(copy, where);
      return done('symlink', 'CHANGED');
    }
    case 'directory':
      await rm(where);
      await mkdir(`${where}/in it`, { recursive: true });
      return done('directory', 'CHANGED');
    case 'extra': {
      const extra = `${choice.of(files.filter((each) => each.includes('/')).map((each) => dirname(each)))}/${choice.of(EXTRAS)}`;
      await writeFile(at(extra), '# nobody knows\n');
      return { path: extra, problems: ['EXTRA'], what: `extra ${extra}` };
    }
    case 'both':
    default:
      await writeFile(where, '# something else\n');
      await chmod(where, 0o755);
      return done('edit and chmod', 'CHANGED', 'MODE');
  }
}

const EXTRAS = ['stranger.conf', 'a.test.conf~', '.hidden', 'with space.conf', 'a.test.conf.bak'] as const;

async function readIfThere(paths: readonly string[]): Promise<readonly (readonly [path: string, content: string])[]> {
  const contents = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => null)));
  return paths.flatMap((path, index) => {
    const content = contents[index] ?? null;
    return content === null ? [] : [[path, content] as const];
  });
}

/** Every file below a directory: its content, mode and owner. */
async function snapshot(directory: string): Promise<Readonly<Record<string, unknown>>> {
  const entries = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(
    (entry) => !entry.isDirectory(),
  );
  const paths = entries
    .map(({ parentPath, name: file }) => `${parentPath}/${file}`.slice(directory.length + 1))
    .toSorted();
  const files = paths.map(async (path) => {
    const { mode, uid } = await lstat(`${directory}/${path}`);
    const isLog = path.startsWith('log/');
    const content = isLog ? '' : await readFile(`${directory}/${path}`, 'utf8').catch((error: Error) => error.message);
    return [path, { mode, uid, content }] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}
