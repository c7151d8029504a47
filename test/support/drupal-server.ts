import {
  WEB_SERVER_NAMES,
  type ConsumerName,
  type DrupalApplication,
  type DrupalMajor,
  type VhostSpec,
} from '../../src/consumers/index.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { makeDrupalTree, type DrupalTree } from './drupal-tree.js';
import { PrivateFpm } from './private-fpm.js';
import { PrivateHttpServer, succeeded } from './private-http-server.js';
import { send, type Request, type Response } from './request.js';

/** The consumers that can answer for a code base themselves. */
export const FILE_SERVERS = WEB_SERVER_NAMES;
export const MAJORS = [7, 8, 9, 10, 11] as const;

const CODE_BASES: { readonly [major in DrupalMajor]: DrupalTree } = {
  7: { version: '7.103' },
  8: { version: '8.9.20' },
  9: { version: '9.5.11', layout: 'docroot' },
  10: { version: '10.3.7', layout: 'web' },
  11: { version: '11.2.0', layout: 'web' },
};

/** What the front controller of a test's code base was told. */
export interface Echo {
  readonly pool: string;
  readonly post: string;
  readonly server: Readonly<Record<string, string>>;
}
export const echo = ({ body }: Response): Echo => JSON.parse(body) as Echo;

/** Where a site's code base is served from. */
export function rootOf({ application }: VhostSpec): string {
  if (application.type === 'PROXY') {
    throw new Error('A site that is passed on has no root.');
  }
  return application.root;
}

/** A real web server with the real PHP-FPM, pools `one` and `two`, and code bases of Drupal's shape. */
export class DrupalServer {
  private constructor(
    readonly web: PrivateHttpServer,
    readonly fpm: PrivateFpm,
  ) {}

  static async make(consumer: ConsumerName): Promise<DrupalServer> {
    const [web, fpm] = await Promise.all([PrivateHttpServer.make(consumer), PrivateFpm.start('one', 'two')]);
    await web.apply([{ type: 'SERVER' }]);
    return new DrupalServer(web, fpm);
  }

  async site(uri: string, major: DrupalMajor, changes: Partial<DrupalApplication> = {}): Promise<VhostSpec> {
    const root = await makeDrupalTree(`${this.web.root}/drupal-${major}`, { ...CODE_BASES[major], sites: [uri] });
    return this.web.site(uri, {
      application: {
        type: 'DRUPAL',
        root,
        siteDirectory: `sites/${uri}`,
        version: major,
        phpSocket: this.fpm.socket('one'),
        environment: [
          { name: 'MAIN_SITE_NAME', value: uri },
          { name: 'db_name', value: '' },
          { name: 'db_passwd', value: `the password of ${uri}; {#'%}` },
        ],
        ...changes,
      },
    });
  }

  async serve(site: VhostSpec): Promise<TaskSuccess> {
    const [result] = await this.web.apply([{ type: 'SITE', site }]);
    return succeeded(result);
  }

  get(host: string, path: string, more: Partial<Request> = {}): Promise<Response> {
    const port = this.web.server[more.scheme === 'https' ? 'httpsPort' : 'httpPort'];
    return send({ port, host, path, ...more });
  }

  async remove(): Promise<void> {
    await Promise.all([this.web.remove(), this.fpm.remove()]);
  }
}
