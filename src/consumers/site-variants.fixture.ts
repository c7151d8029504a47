import { aName, aServer, aSite, SPKI_A, SPKI_B } from './a-vhost.fixture.js';
import type { HttpServerSpec } from './http-server-spec.js';
import type { VhostSpec } from './vhost-spec.js';

const covered = [aName('example.org', { certificate: SPKI_A }), aName('www.example.org', { certificate: SPKI_A })];

/** What a site can be, each with a golden file for every consumer. */
export const SITE_VARIANTS: { readonly [name: string]: readonly [VhostSpec, HttpServerSpec?] } = {
  plain: [aSite()],
  'https-enabled': [aSite({ https: 'ENABLED', names: covered })],
  'https-required': [aSite({ https: 'REQUIRED', names: [...covered, aName('not-covered.example.org')] })],
  'https-disabled-with-certificate': [aSite({ names: covered })],
  'two-certificates': [
    aSite({ https: 'REQUIRED', names: [...covered, aName('example.net', { certificate: SPKI_B })] }),
  ],
  'redirecting-alias': [
    aSite({ names: [aName('example.org'), aName('old.example.org', { redirectTo: 'example.org' })] }),
  ],
  'redirecting-alias-https-other-ports': [
    aSite({
      https: 'ENABLED',
      names: [...covered, aName('old.example.org', { redirectTo: 'example.org', certificate: SPKI_B })],
    }),
    aServer({ addresses: ['127.0.0.1'], httpPort: 8080, httpsPort: 8443 }),
  ],
  'redirecting-alias-https-required': [
    aSite({ https: 'REQUIRED', names: [...covered, aName('old.example.org', { redirectTo: 'example.org' })] }),
  ],
  'wildcard-alias': [
    aSite({ https: 'REQUIRED', names: [...covered, aName('*.example.org', { certificate: SPKI_B })] }),
  ],
  hsts: [
    aSite({
      https: 'ENABLED',
      hstsMaxAge: 31_536_000,
      names: [
        ...covered,
        aName('not-covered.example.org'),
        aName('old.example.org', { redirectTo: 'example.org', certificate: SPKI_B }),
      ],
    }),
  ],
  'hsts-taken-back-disabled': [aSite({ state: 'DISABLED', https: 'REQUIRED', hstsMaxAge: 0, names: covered })],
  disabled: [
    aSite({
      state: 'DISABLED',
      https: 'REQUIRED',
      names: [...covered, aName('old.example.org', { redirectTo: 'example.org' })],
    }),
  ],
};
