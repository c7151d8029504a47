import type { VhostName, VhostSpec } from './vhost-spec.js';

export type Scheme = 'http' | 'https';

/** What a group of names answers. */
export type VirtualServerAction =
  | { readonly type: 'SERVE' }
  /** 301, path and query kept; `host` null: the requested name itself. */
  | { readonly type: 'REDIRECT'; readonly scheme: Scheme; readonly host: string | null }
  /** 503 with our own page. */
  | { readonly type: 'UNAVAILABLE' };

/** Names of one site that are answered in the same way, with the same certificate. */
export interface VirtualServer {
  readonly scheme: Scheme;
  readonly names: readonly string[];
  /** SPKI hash; null for `http`. */
  readonly certificate: string | null;
  readonly action: VirtualServerAction;
}

/**
 * What a site answers, for every name of it: the meaning of a `VhostSpec`, the same for all consumers and for the
 * verifier. HTTP first, then HTTPS; names keep their order.
 *
 * - A name without a certificate is served over HTTP only, whatever the HTTPS mode: a redirect would end in a warning.
 * - REQUIRED sends a covered name to HTTPS under its own name; a redirecting alias goes to its target at once, in one hop.
 * - A redirecting alias keeps the scheme it was asked with, unless HTTPS is REQUIRED and covers the target; it never
 *   leads to HTTPS on a target that has none.
 */
export function virtualServers(site: VhostSpec): readonly VirtualServer[] {
  const covered = new Set(site.names.filter((name) => hasHttps(site, name)).map(({ name }) => name));
  const http = site.names.map((name) => single('http', null, name, action(site, name, 'http', covered)));
  const https = site.names
    .filter(({ name }) => covered.has(name))
    .map((name) => single('https', name.certificate, name, action(site, name, 'https', covered)));
  return merge([...http, ...https]);
}

function hasHttps(site: VhostSpec, name: VhostName): boolean {
  return site.https !== 'DISABLED' && name.certificate !== null;
}

function action(site: VhostSpec, name: VhostName, scheme: Scheme, covered: ReadonlySet<string>): VirtualServerAction {
  if (site.state === 'DISABLED') {
    return { type: 'UNAVAILABLE' };
  }
  if (name.redirectTo !== null) {
    const wanted = site.https === 'REQUIRED' ? 'https' : scheme;
    return { type: 'REDIRECT', scheme: covered.has(name.redirectTo) ? wanted : 'http', host: name.redirectTo };
  }
  const upgrades = scheme === 'http' && site.https === 'REQUIRED' && covered.has(name.name);
  return upgrades ? { type: 'REDIRECT', scheme: 'https', host: null } : { type: 'SERVE' };
}

function single(
  scheme: Scheme,
  certificate: string | null,
  name: VhostName,
  action: VirtualServerAction,
): VirtualServer {
  return { scheme, names: [name.name], certificate, action };
}

function merge(servers: readonly VirtualServer[]): readonly VirtualServer[] {
  const merged = new Map<string, VirtualServer>();
  for (const server of servers) {
    const key = JSON.stringify([server.scheme, server.certificate, server.action]);
    const names = [...(merged.get(key)?.names ?? []), ...server.names];
    merged.set(key, { ...server, names });
  }
  return [...merged.values()];
}
