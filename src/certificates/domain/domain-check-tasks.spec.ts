import { expect, it } from 'vitest';
import type { Server } from '../../servers/index.js';
import { domainCheckTasks } from './domain-check-tasks.js';
import { parseAcmeSettings } from './provider/acme-settings.js';
import type { CertificateProvider } from './provider/certificate-provider.js';

const THUMBPRINT = 'LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ';
const server = { stateDirectory: '/var/lib/hler', http: { acmeThumbprints: [THUMBPRINT] } } as unknown as Server;

const aProvider = (challenges: readonly object[], clientId: string | null = null): CertificateProvider => ({
  id: 'one',
  name: 'one',
  clientId,
  backupId: null,
  acme: parseAcmeSettings({ directoryUrl: 'https://ca.example/directory', challenges }),
  createdAt: new Date(0),
});

const inputs = (names: readonly string[], provider: CertificateProvider | null): readonly object[] =>
  domainCheckTasks(names, provider, server).map(({ input }) => input);

const NAMES = ['a.test', '*.a.test', '*.b.test'];
const dns01 = { type: 'DNS_01', domains: ['a.test'], exec: { hook: 'dns-a' } };

it.each([
  [
    'by the first challenge that can prove them',
    aProvider([{ type: 'HTTP_01' }, dns01]),
    [
      { names: ['a.test'], method: 'http-01' },
      { names: ['*.a.test'], method: 'dns-01' },
      { names: ['*.b.test'], method: null },
    ],
  ],
  ['by none, where none is for them', aProvider([{ ...dns01, domains: ['c.test'] }]), [{ names: NAMES, method: null }]],
  [
    'by themselves, without a provider',
    null,
    [
      { names: ['a.test'], method: 'http-01' },
      { names: ['*.a.test', '*.b.test'], method: 'dns-01' },
    ],
  ],
  [
    "for a client's own account with the line of the server",
    aProvider([{ type: 'HTTP_01' }], 'client'),
    [
      { names: ['a.test'], thumbprint: THUMBPRINT },
      { names: ['*.a.test', '*.b.test'], method: null },
    ],
  ],
])('looks at names %s', (_, provider, expected) => {
  expect(inputs(NAMES, provider)).toMatchObject(expected);
});
