import { describe, expect, it } from 'vitest';
import type { Certificate } from '../certificate.js';
import { parseAcmeSettings } from './acme-settings.js';
import { askedProvider, backupObjection, issuerAmong } from './backups.js';
import type { CertificateProvider } from './certificate-provider.js';

function aProvider(name: string, more: Partial<CertificateProvider> = {}, acme: object = {}): CertificateProvider {
  return {
    id: name,
    name,
    clientId: null,
    backupId: null,
    acme: parseAcmeSettings({ directoryUrl: `https://${name}.example/directory`, ...acme }),
    createdAt: new Date(0),
    ...more,
  };
}

const first = aProvider('first');
const second = aProvider('second');

describe('backupObjection', () => {
  it('has none against another CA of everybody, nor against one of the same client, nor against none at all', () => {
    const own = aProvider('own', { clientId: 'a' });
    expect(backupObjection([first])).toBeUndefined();
    expect(backupObjection([first, second])).toBeUndefined();
    expect(backupObjection([own, first])).toBeUndefined();
    expect(backupObjection([own, aProvider('other', { clientId: 'a' }), second])).toBeUndefined();
    expect(backupObjection([aProvider('test', {}, { staging: true }), second])).toBeUndefined();
  });

  it.each<[string, readonly CertificateProvider[], RegExp]>([
    ['itself', [first, first], /"first" would be its own backup/],
    ['a circle', [first, second, first], /"first" would be its own backup/],
    ['a circle further on', [first, second, aProvider('third'), second], /"second" would be its own backup/],
    ["a client's behind everybody's", [first, aProvider('own', { clientId: 'a' })], /belongs to one client/],
    [
      "another client's",
      [aProvider('mine', { clientId: 'a' }), aProvider('yours', { clientId: 'b' })],
      /"yours" belongs to one client/,
    ],
    [
      "another client's further on",
      [aProvider('mine', { clientId: 'a' }), first, aProvider('yours', { clientId: 'b' })],
      /"yours" belongs to one client/,
    ],
    ['one for tests behind production', [first, aProvider('test', {}, { staging: true })], /"test" is for tests/],
    [
      'the same CA',
      [first, aProvider('again', {}, { directoryUrl: 'https://first.example/directory' })],
      /"again" is the same CA as "first"/,
    ],
  ])('objects to %s', (_, chain, objection) => {
    expect(backupObjection(chain)).toMatch(objection);
  });
});

describe('askedProvider', () => {
  it('says nothing of the first choice, and of a backup who it is, for whom, and why', () => {
    expect(askedProvider([first], 0, 'x')).toEqual({ provider: first, mayAskAnother: false, backupNotice: null });
    expect(askedProvider([first, second], 1, 'It was down.')).toEqual({
      provider: second,
      mayAskAnother: true,
      backupNotice: 'The backup "second" is asked, because the CA of "first" fails on its own side. Last: It was down.',
    });
  });

  it('is the first choice where the backup is not there any more, and nobody where nobody is needed', () => {
    expect(askedProvider([first], 1, null)).toMatchObject({ provider: first, backupNotice: null });
    expect(askedProvider([], 0, null)).toEqual({ provider: null, mayAskAnother: false, backupNotice: null });
  });
});

describe('issuerAmong', () => {
  it('is whom the certificate has come from, or else the first choice', () => {
    const from = (acmeDirectoryUrl: string | null): Certificate => ({ acmeDirectoryUrl }) as Certificate;
    expect(issuerAmong([first, second], from(second.acme.directoryUrl))).toBe(second);
    expect(issuerAmong([first, second], from('https://gone.example/'))).toBe(first);
    expect(issuerAmong([], from(null))).toBeNull();
  });
});
