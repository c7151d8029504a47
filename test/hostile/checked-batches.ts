import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  CONSUMERS,
  type ConfigFile,
  type ConsumerName,
  type HttpServerSpec,
  type VhostSpec,
} from '../../src/consumers/index.js';
import { effectiveServer } from '../../workers/http/effective-server.js';
import { realEffects, targetOf } from '../../workers/http/effects.js';
import { check } from '../../workers/http/check.js';
import { staleIndexFiles } from '../../workers/http/index-files.js';
import { ensurePlaceholder } from '../../workers/http/placeholder.js';
import { PrivateHttpServer } from '../support/private-http-server.js';

/** Sites that are put before the server's own checker together. */
const AT_A_TIME = 100;

/** Collects what was rendered, and has the server's own checker read it in batches. */
export class CheckedBatches {
  checked = 0;
  #waiting: VhostSpec[] = [];
  #server: HttpServerSpec | undefined;
  #batches = 0;

  private constructor(
    private readonly web: PrivateHttpServer,
    readonly certificates: readonly string[],
  ) {}

  static async make(consumer: ConsumerName): Promise<CheckedBatches> {
    const web = await PrivateHttpServer.make(consumer);
    return new CheckedBatches(web, [await web.certificate('one.test'), await web.certificate('two.test')]);
  }

  /** Gives a hash that no certificate has the files of one that is there. */
  async lend(spki: string): Promise<void> {
    const { tls } = this.web.server.paths;
    await symlink(join(tls, this.certificates[0]!), join(tls, spki)).catch(() => undefined);
  }

  /** A batch lies where the server of its last site says, below a directory of its own. */
  async add(site: VhostSpec, server: HttpServerSpec): Promise<void> {
    this.#waiting.push(site);
    this.#server = server;
    if (this.#waiting.length >= AT_A_TIME) {
      await this.flush();
    }
  }

  /** @throws Error with what the checker said */
  async flush(): Promise<void> {
    const { consumer: name, root, server: spec } = this.web;
    const consumer = CONSUMERS[name];
    this.#batches += 1;
    const below = `${root}/${this.#batches}`;
    const { config, staging, run, log } = this.#server?.paths ?? spec.paths;
    const odd = { config: below + config, staging: below + staging, run: below + run, log: below + log };
    const paths = { ...spec.paths, ...odd };
    const acmeThumbprints = this.#server?.acmeThumbprints ?? [];
    const server = effectiveServer({ ...spec, paths, acmeThumbprints }, {}, consumer);
    const target = targetOf(consumer, server);
    const needed = [...consumer.directories.map((each) => `${target.directory}/${each}`), paths.run, paths.log];
    await Promise.all([...needed, `${paths.run}/${name}-temp`].map((each) => mkdir(each, { recursive: true })));
    await ensurePlaceholder(target);
    const sites = this.#waiting.splice(0);
    await write(target.directory, [
      ...consumer.renderServer(server),
      ...sites.flatMap((site) => consumer.renderSite(site, server)),
    ]);
    if (consumer.index !== undefined) {
      await write(target.directory, await staleIndexFiles(consumer.index, server, target.directory));
    }
    const complaint = await check(target, target.directory, realEffects);
    if (complaint !== undefined) {
      throw new Error(
        `${name} refuses ${complaint.file ?? complaint.mentions ?? target.directory}: ${complaint.sentence}`,
      );
    }
    this.checked += sites.length;
  }

  async remove(): Promise<void> {
    await this.web.remove();
  }
}

async function write(directory: string, files: readonly ConfigFile[]): Promise<void> {
  for (const { path, content, mode } of files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode });
  }
}
