import { expect, it } from 'vitest';
import { parseAcmeSettings } from '../domain/provider/acme-settings.js';
import { providerType } from './certificate-provider.type.js';

it('shows no password that an older row has in its URLs', () => {
  const acme = {
    ...parseAcmeSettings({ directoryUrl: 'https://ca.example/directory' }),
    directoryUrl: 'https://me:canary@ca.example/directory',
    proxyUrl: 'http:me:canary@proxy.example:3128',
  };
  const row = { id: 'id', name: 'old', clientId: null, backupId: null, acme, createdAt: new Date(0) };
  expect(providerType(row).acme).toMatchObject({
    directoryUrl: 'https://ca.example/directory',
    proxyUrl: 'http://proxy.example:3128/',
  });
  expect(JSON.stringify(providerType(row))).not.toContain('canary');
});
