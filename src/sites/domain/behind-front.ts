import type { VhostSpec } from '../../consumers/index.js';
import type { TlsFrontOfServer } from '../../servers/index.js';

/** The site as a front has it: names, certificates, redirects and the page of a disabled site; whatever is served, it passes on. */
export function specAtFront(spec: VhostSpec, { backends, passesThroughWebServer }: TlsFrontOfServer): VhostSpec {
  return { ...spec, application: { type: 'PROXY', backends, redirectsWhenTold: passesThroughWebServer } };
}

/**
 * The same site as the web server behind has it: every name over plain HTTP, and no redirect, which is the front's to give: one of
 * both would send a client that came over HTTPS to HTTPS for ever.
 */
export function specBehindFront(spec: VhostSpec, { beyond }: TlsFrontOfServer): VhostSpec {
  return {
    ...spec,
    https: 'DISABLED',
    hstsMaxAge: null,
    names: spec.names.map((name) => ({ ...name, redirectTo: null, certificate: null })),
    application: beyond.length === 0 ? spec.application : { type: 'PROXY', backends: beyond, redirectsWhenTold: false },
  };
}
