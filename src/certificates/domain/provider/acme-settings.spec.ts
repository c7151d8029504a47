import { describe, expect, it } from 'vitest';
import { parseAcmeSettings } from './acme-settings.js';

const least = { directoryUrl: 'https://ca.example/directory' };

describe('parseAcmeSettings', () => {
  it('fills in what most want: HTTP-01, looked at first on port 80', () => {
    expect(parseAcmeSettings(least)).toEqual({
      ...least,
      caBundle: null,
      proxyUrl: null,
      proxySecret: null,
      staging: false,
      contact: [],
      termsOfServiceAgreed: false,
      externalAccount: null,
      profile: null,
      challenges: [{ type: 'HTTP_01' }],
      preflight: { enabled: true, resolvers: [], httpPort: 80, httpsPort: 443 },
      preferredChain: null,
      limits: null,
    });
  });

  it.each<[string, object, string]>([
    ['a URL that is none', { directoryUrl: 'letsencrypt' }, 'directoryUrl'],
    ['another scheme', { directoryUrl: 'file:///etc/passwd' }, 'directoryUrl'],
    ['a directory with a password', { directoryUrl: 'https://me:pass@ca.example/directory' }, 'directoryUrl'],
    ['a proxy with a password', { proxyUrl: 'http://me:pass@proxy.example:3128' }, 'proxyUrl'],
    ['a proxy with a user', { proxyUrl: 'http://me@proxy.example:3128' }, 'proxyUrl'],
    ['a proxy with a password that has an @', { proxyUrl: 'http://me:p@ss@proxy.example:3128/x' }, 'proxyUrl'],
    ['a proxy with a password and few slashes', { proxyUrl: 'http:me:pass@proxy.example:3128' }, 'proxyUrl'],
    ['a password for a proxy as it is', { proxyUrl: 'http://proxy.example', proxySecret: 'me:pass' }, 'proxySecret'],
    ['a secret that is a path', { externalAccount: { keyId: 'k', secret: '../x' } }, 'externalAccount.secret'],
    [
      'a secret that is the secret itself',
      { externalAccount: { keyId: 'k', secret: 'AbC/+=' } },
      'externalAccount.secret',
    ],
    ['a contact that is no address', { contact: ['ops'] }, 'contact.0'],
    ['a profile with syntax', { profile: { name: 'a b' } }, 'profile.name'],
    ['no challenge', { challenges: [] }, 'challenges'],
    ['DNS_01 without a way to write', { challenges: [{ type: 'DNS_01' }] }, 'challenges.0'],
    [
      'DNS_01 with two ways to write',
      { challenges: [{ type: 'DNS_01', rfc2136: { host: 'ns.example' }, exec: { hook: 'h' } }] },
      'challenges.0',
    ],
    [
      'a program by its path',
      { challenges: [{ type: 'DNS_01', exec: { hook: '/bin/sh' } }] },
      'challenges.0.exec.hook',
    ],
    ['a host with options', { challenges: [{ type: 'DNS_01', rfc2136: { host: '-v' } }] }, 'challenges.0.rfc2136.host'],
    ['what nobody knows', { directory: 'x' }, ''],
  ])('refuses %s, and names it', (_, changes, field) => {
    expect(() => parseAcmeSettings({ ...least, ...changes })).toThrow(
      expect.objectContaining({ code: 'CERTIFICATE_PROVIDER_INVALID', details: { field } }),
    );
  });
});
