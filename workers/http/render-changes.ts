import { createHash } from 'node:crypto';
import {
  CONSUMERS,
  DEFAULT_SERVER_NAME,
  virtualServers,
  type Consumer,
  type HttpServerSpec,
  type VhostSpec,
} from '../../src/consumers/index.js';
import { assertNever } from '../../src/shared/assert-never.js';
import type { HttpApplyInput, StoredFile } from './http-change.js';
import { quarantinePath } from './quarantine-path.js';

/** A request that tells whether a change is in force. */
export interface Expectation {
  readonly scheme: 'http' | 'https';
  /** The name to ask for. */
  readonly name: string;
  /** What the probe answers: this digest, or anything but it. */
  readonly digest: string;
  readonly wanted: boolean;
  /** SPKI hash of the certificate that is shown. */
  readonly certificate: string | null;
}

/** What one call wants of the configuration: pure data, not compared with the disk yet. */
export interface RenderedChange {
  readonly subject: { readonly type: 'server' | 'site'; readonly id: string } | null;
  /** Calls with the same key are about the same files. */
  readonly key: string;
  readonly files: readonly StoredFile[];
  /** Set for a site that is to be served. */
  readonly site: VhostSpec | null;
  /** Names that are no longer to be answered with what the files held before. */
  readonly formerNames: readonly string[];
  /** Main names of all sites of the server; null: not known, so that nothing of it is to be taken for a stranger's. */
  readonly siteUris: readonly string[] | null;
}

/** @throws DomainError when a value could carry syntax */
export function renderChange({ consumer: name, change }: HttpApplyInput, server: HttpServerSpec): RenderedChange {
  const consumer = CONSUMERS[name];
  const nothing = { subject: null, site: null, formerNames: [], siteUris: null };
  switch (change.type) {
    case 'SERVER':
      return {
        ...nothing,
        ...about('server', server.serverId),
        files: consumer.renderServer(server),
        siteUris: change.siteUris ?? null,
      };
    case 'SITE': {
      const { site } = change;
      return { ...nothing, ...about('site', site.siteId), files: siteFiles(consumer, site, server), site };
    }
    case 'REMOVE_SITE': {
      const files = absent([...consumer.sitePaths(change.uri), ...quarantined(consumer, change.uri)]);
      return { ...nothing, ...about('site', change.siteId), files, formerNames: change.names };
    }
    case 'RESTORE': {
      const key = `restore ${change.files.map(({ path }) => path).join(' ')}`;
      return { ...nothing, key, files: change.files, formerNames: restoredNames(change.files) };
    }
    default:
      return assertNever(change);
  }
}

function about(type: 'server' | 'site', id: string): Pick<RenderedChange, 'subject' | 'key'> {
  return { subject: { type, id }, key: `${type} ${id}` };
}

function siteFiles(consumer: Consumer, site: VhostSpec, server: HttpServerSpec): readonly StoredFile[] {
  const rendered = consumer.renderSite(site, server);
  const obsolete = consumer.sitePaths(site.uri).filter((path) => !rendered.some((file) => file.path === path));
  return [...rendered, ...absent([...obsolete, ...quarantined(consumer, site.uri)])];
}

/** What was put aside of a site has served its purpose when the site is rendered again, or is gone. */
const quarantined = (consumer: Consumer, uri: string): readonly string[] =>
  consumer.sitePaths(uri).map((path) => quarantinePath(path));

const absent = (paths: readonly string[]): readonly StoredFile[] =>
  paths.map((path) => ({ path, content: null, mode: 0o644 }));

/** A site's file is named after its main name, which it always answers to; of the server's files one has the default server. */
function restoredNames(files: readonly StoredFile[]): readonly string[] {
  // What lay between the files of sites goes with the server's, and answers to nothing that is known.
  return files.some(({ path }) => path === 'default.conf')
    ? [DEFAULT_SERVER_NAME]
    : files.flatMap(({ path }) => nameIn(path));
}

function nameIn(path: string): readonly string[] {
  const name = /^vhost\.d\/(.+)\.conf$/.exec(path)?.[1];
  // The file of a very long name has a hash in it, behind a sign that no name has.
  return name === undefined || name.includes('~') ? [] : [name];
}

/** Requests that must be answered as said before these files count as in force. `before` are the files they replace. */
export function expectationsOf(
  change: RenderedChange,
  files: readonly StoredFile[],
  before: readonly StoredFile[],
  consumer: Consumer,
): readonly Expectation[] {
  const digest = digestOf(files, consumer);
  const http = { scheme: 'http', wanted: true, certificate: null } as const;
  if (change.site !== null && digest !== undefined) {
    return virtualServers(change.site).flatMap(({ scheme, names, certificate }) =>
      names.map((name) => ({ scheme, name: concrete(name), digest, wanted: true, certificate })),
    );
  }
  if (change.subject?.type === 'server' && digest !== undefined) {
    return [{ ...http, name: DEFAULT_SERVER_NAME, digest }];
  }
  if (digest !== undefined) {
    return change.formerNames.map((name) => ({ ...http, name, digest }));
  }
  const former = digestOf(before, consumer);
  return former === undefined
    ? []
    : change.formerNames.map((name) => ({ ...http, name: concrete(name), digest: former, wanted: false }));
}

/** Of these, the few that tell whether an unchanged site is served still: its main name, and each certificate once. */
export function fewOf(expectations: readonly Expectation[]): readonly Expectation[] {
  const seen = new Set<string | null>();
  return expectations.filter(({ certificate }) => !seen.has(certificate) && seen.add(certificate));
}

export function digestOf(files: readonly StoredFile[], consumer: Consumer): string | undefined {
  return consumer.digestOf(files.map(({ content }) => ({ content: content ?? '' })));
}

/** A name that a wildcard stands for, and that no site has: a label that people choose might be another site's. */
export function concrete(name: string): string {
  const label = `hler-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;
  return name.replace(/^\*/, label);
}
