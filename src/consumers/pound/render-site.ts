import { FILE_MODE } from '../config-files.js';
import type { ConfigFile } from '../consumer.js';
import { sealDigest } from '../digest.js';
import { fileStem } from '../file-stem.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { hostname, id, path, plainHostname, spki } from '../syntax.js';
import type { VhostSpec } from '../vhost-spec.js';
import { virtualServers, type Scheme, type VirtualServer } from '../virtual-servers.js';
import { certificateEntry } from './certificate-entries.js';
import { probeService } from './digest.js';
import { hostLines } from './hosts.js';
import { CERTIFICATE_DIRECTORY, section, SITE_DIRECTORIES } from './layout.js';
import { actionServices } from './render-action.js';

const BETWEEN_FILES = '\0';

/** Services over HTTP and over HTTPS, exact names and wildcards, each in a file, and the certificates; one digest over all. */
export function renderSite(site: VhostSpec, server: HttpServerSpec): readonly ConfigFile[] {
  const header = `# Site ${id(site.siteId)}. Written by Hlér; changes made here are lost.`;
  const all = virtualServers(site);
  const texts = [
    services(all, 'http', isExact, site, server),
    services(all, 'http', isWildcard, site, server),
    services(all, 'https', isExact, site, server),
    services(all, 'https', isWildcard, site, server),
    certificates(all, server),
  ].map((blocks) => (blocks.length === 0 ? '' : `${[header, ...blocks].join('\n\n')}\n`));
  const contents = sealDigest(texts.join(BETWEEN_FILES)).split(BETWEEN_FILES);
  return sitePaths(site.uri)
    .map((file, index) => ({ path: file, content: contents[index] ?? '', mode: FILE_MODE }))
    .filter(({ content }) => content !== '');
}

export function sitePaths(siteUri: string): readonly string[] {
  const directories = [...SITE_DIRECTORIES.http, ...SITE_DIRECTORIES.https, CERTIFICATE_DIRECTORY];
  return directories.map((directory) => `${directory}/${fileStem(plainHostname(siteUri))}.conf`);
}

const isWildcard = (name: string): boolean => name.startsWith('*');
const isExact = (name: string): boolean => !isWildcard(name);

function services(
  all: readonly VirtualServer[],
  scheme: Scheme,
  isWanted: (name: string) => boolean,
  site: VhostSpec,
  server: HttpServerSpec,
): readonly string[] {
  // Which certificate is shown is decided before there is a request: here only what is answered counts.
  const byAction = new Map<string, VirtualServer>();
  for (const virtual of all.filter((each) => each.scheme === scheme)) {
    const names = virtual.names.filter(isWanted);
    const key = JSON.stringify(virtual.action);
    byAction.set(key, { ...virtual, names: [...(byAction.get(key)?.names ?? []), ...names] });
  }
  const groups = [...byAction.values()].filter(({ names }) => names.length > 0);
  const probe = groups.length === 0 ? [] : [probeService(hostLines(groups.flatMap(({ names }) => names)))];
  return [
    ...probe,
    ...groups.flatMap((group) =>
      actionServices(group, site, server).map((lines) => section('Service', [...hostLines(group.names), ...lines])),
    ),
  ];
}

function certificates(all: readonly VirtualServer[], server: HttpServerSpec): readonly string[] {
  return all.flatMap(({ certificate, names }) =>
    certificate === null
      ? []
      : [certificateEntry(`${path(server.paths.tls)}/${spki(certificate)}/live/combined.pem`, names.map(hostname))],
  );
}
