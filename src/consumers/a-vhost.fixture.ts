import type { HttpServerSpec } from './http-server-spec.js';
import type { DrupalApplication, VhostName, VhostSpec } from './vhost-spec.js';

export const SPKI_A = 'a'.repeat(64);
export const SPKI_B = 'b'.repeat(64);

/** A server as registered, for tests of renderers; each test says what matters to it. */
export function aServer(changes: Partial<HttpServerSpec> = {}): HttpServerSpec {
  const root = '/var/lib/hler';
  return {
    serverId: '0190f3c2-7b1a-7000-8000-00000000000a',
    addresses: ['*', '[::]'],
    httpPort: 80,
    httpsPort: 443,
    paths: {
      config: `${root}/config`,
      tls: `${root}/tls`,
      staging: `${root}/staging`,
      run: '/run/hler',
      log: '/var/log/hler',
    },
    tlsGroups: ['X25519', 'prime256v1', 'secp384r1'],
    acmeThumbprints: ['LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ'],
    challengeDirectory: '/var/lib/hler/acme/challenges',
    programVersion: '1.22.1',
    workerUser: 'www-data',
    ...changes,
  };
}

export function aName(name: string, changes: Partial<VhostName> = {}): VhostName {
  return { name, redirectTo: null, certificate: null, ...changes };
}

export function aSite(changes: Partial<VhostSpec> = {}): VhostSpec {
  return {
    siteId: '0190f3c2-7b1a-7000-8000-000000000001',
    uri: 'example.org',
    state: 'ENABLED',
    https: 'DISABLED',
    names: [aName('example.org'), aName('www.example.org')],
    application: { type: 'STATIC', root: '/srv/example' },
    ...changes,
  };
}

/** The site `example.org` of a Drupal code base. */
export function aDrupalSite(application: Partial<DrupalApplication> = {}, changes: Partial<VhostSpec> = {}): VhostSpec {
  return aSite({
    application: {
      type: 'DRUPAL',
      root: '/srv/drupal/web',
      siteDirectory: 'sites/example.org',
      version: 10,
      phpSocket: '/run/php/example.sock',
      environment: [
        { name: 'MAIN_SITE_NAME', value: 'example.org' },
        { name: 'db_passwd', value: '' },
      ],
      ...application,
    },
    ...changes,
  });
}
