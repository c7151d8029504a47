import { describe, expect, it } from 'vitest';
import { aName, aSite, SPKI_A, SPKI_B } from './a-vhost.fixture.js';
import { virtualServers } from './virtual-servers.js';

const main = aName('example.org', { certificate: SPKI_A });

describe('what a site answers', () => {
  it('is the same for names with the same certificate and the same target', () => {
    const site = aSite({
      https: 'ENABLED',
      names: [main, aName('www.example.org', { certificate: SPKI_A }), aName('example.net', { certificate: SPKI_B })],
    });
    expect(virtualServers(site)).toEqual([
      {
        scheme: 'http',
        names: ['example.org', 'www.example.org', 'example.net'],
        certificate: null,
        action: { type: 'SERVE' },
      },
      { scheme: 'https', names: ['example.org', 'www.example.org'], certificate: SPKI_A, action: { type: 'SERVE' } },
      { scheme: 'https', names: ['example.net'], certificate: SPKI_B, action: { type: 'SERVE' } },
    ]);
  });

  it('is HTTP, where HTTPS is required but no certificate covers the name', () => {
    const site = aSite({ https: 'REQUIRED', names: [main, aName('bare.example.org')] });
    expect(virtualServers(site).map(({ scheme, names, action }) => [scheme, names, action])).toEqual([
      ['http', ['example.org'], { type: 'REDIRECT', scheme: 'https', host: null }],
      ['http', ['bare.example.org'], { type: 'SERVE' }],
      ['https', ['example.org'], { type: 'SERVE' }],
    ]);
  });

  it('is a redirect in one hop, never to HTTPS on a target without a certificate', () => {
    const alias = aName('old.org', { redirectTo: 'bare.org', certificate: SPKI_B });
    const direct = aName('other.org', { redirectTo: 'example.org' });
    const site = aSite({ https: 'REQUIRED', names: [main, aName('bare.org'), alias, direct] });
    const redirects = virtualServers(site).filter(({ names }) => /old|other/.test(names.join(' ')));
    expect(redirects.map(({ scheme, names, action }) => [scheme, names, action])).toEqual([
      ['http', ['old.org'], { type: 'REDIRECT', scheme: 'http', host: 'bare.org' }],
      ['http', ['other.org'], { type: 'REDIRECT', scheme: 'https', host: 'example.org' }],
      ['https', ['old.org'], { type: 'REDIRECT', scheme: 'http', host: 'bare.org' }],
    ]);
  });

  it('is 503 on both schemes while the site is disabled', () => {
    const site = aSite({ state: 'DISABLED', https: 'REQUIRED', names: [main, aName('bare.example.org')] });
    expect(virtualServers(site).map(({ scheme, names, action }) => [scheme, names, action.type])).toEqual([
      ['http', ['example.org', 'bare.example.org'], 'UNAVAILABLE'],
      ['https', ['example.org'], 'UNAVAILABLE'],
    ]);
  });
});
