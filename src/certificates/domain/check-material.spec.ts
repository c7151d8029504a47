import 'reflect-metadata';
import { generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificateFacts } from './certificate-facts.js';
import { checkMaterial } from './check-material.js';
import type { CertificateMaterial, MaterialReason } from './material.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const PEM = 'pem';

interface Issued {
  readonly subject: string;
  readonly pem: string;
  readonly keyPem: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

interface Wish {
  readonly ca?: boolean;
  readonly names?: readonly string[];
  readonly usages?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  readonly rsaBits?: number;
}

async function issue(subject: string, issuer: Issued | undefined, wish: Wish = {}): Promise<Issued> {
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: wish.rsaBits ?? 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const algorithm = wish.rsaBits === undefined ? EC : rsa;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: `CN=${issuer?.subject ?? subject}`,
    notBefore: wish.from ?? inDays(-1),
    notAfter: wish.until ?? inDays(89),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: issuer === undefined ? algorithm : EC,
    extensions: [
      new x509.BasicConstraintsExtension(wish.ca ?? false, undefined, true),
      new x509.SubjectAlternativeNameExtension((wish.names ?? []).map((value) => ({ type: 'dns', value }))),
      ...(wish.usages === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...wish.usages])]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    subject,
    keys,
    pem: `${certificate.toString(PEM)}\n`,
    keyPem: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  };
}

let root: Issued;
let intermediate: Issued;
let leaf: Issued;
let good: CertificateMaterial;
const names = ['example.org', '*.example.org', 'xn--mnchen-3ya.example'];

beforeAll(async () => {
  root = await issue('Root', undefined, { ca: true });
  intermediate = await issue('Intermediate', root, { ca: true });
  leaf = await issue('example.org', intermediate, { names });
  good = {
    certificatePem: leaf.pem,
    chainPem: intermediate.pem,
    privateKeyPem: leaf.keyPem,
    names: ['example.org', 'www.example.org'],
  };
});

const reasonFor = (changes: Partial<CertificateMaterial>, now = NOW): MaterialReason | undefined =>
  checkMaterial({ ...good, ...changes }, now)?.reason;

describe('checkMaterial', () => {
  it('has nothing against a good pair, with or without its root and its key', () => {
    expect(checkMaterial(good, NOW)).toBeUndefined();
    expect(reasonFor({ chainPem: `${intermediate.pem}\n${root.pem}` })).toBeUndefined();
    expect(reasonFor({ certificatePem: leaf.pem.replaceAll('\n', '\r\n') })).toBeUndefined();
    expect(reasonFor({ certificatePem: leaf.pem.trimEnd() })).toBeUndefined();
    const { privateKeyPem: _, ...withoutKey } = good;
    expect(checkMaterial(withoutKey, NOW)).toBeUndefined();
  });

  it.each<[string, () => Partial<CertificateMaterial>, MaterialReason]>([
    ['an empty certificate', () => ({ certificatePem: '' }), 'CERTIFICATE_MISSING'],
    ['garbage', () => ({ certificatePem: 'garbage' }), 'CERTIFICATE_UNREADABLE'],
    ['text around the certificate', () => ({ certificatePem: `subject=x\n${leaf.pem}` }), 'CERTIFICATE_UNREADABLE'],
    ['a truncated certificate', () => ({ certificatePem: truncated(leaf.pem) }), 'CERTIFICATE_UNREADABLE'],
    ['a cut-off certificate', () => ({ certificatePem: leaf.pem.slice(0, 300) }), 'CERTIFICATE_UNREADABLE'],
    ['bytes after the certificate', () => ({ certificatePem: lengthened(leaf.pem) }), 'CERTIFICATE_UNREADABLE'],
    ['two leaves', () => ({ certificatePem: leaf.pem + leaf.pem }), 'CERTIFICATE_UNREADABLE'],
    ['a key in place of the certificate', () => ({ certificatePem: leaf.keyPem }), 'CERTIFICATE_UNREADABLE'],
    ['garbage in the chain', () => ({ chainPem: 'garbage' }), 'CHAIN_UNREADABLE'],
    ['a key in the chain', () => ({ chainPem: intermediate.pem + leaf.keyPem }), 'CHAIN_UNREADABLE'],
    ['an empty key', () => ({ privateKeyPem: '' }), 'KEY_MISSING'],
    ['garbage for a key', () => ({ privateKeyPem: 'garbage' }), 'KEY_UNREADABLE'],
    ['a truncated key', () => ({ privateKeyPem: truncated(leaf.keyPem) }), 'KEY_UNREADABLE'],
    ['a certificate for a key', () => ({ privateKeyPem: leaf.pem }), 'KEY_UNREADABLE'],
    ['an encrypted key', () => ({ privateKeyPem: encrypted('pkcs8') }), 'KEY_ENCRYPTED'],
    ['a key encrypted in the old way', () => ({ privateKeyPem: encrypted('sec1') }), 'KEY_ENCRYPTED'],
    ['the key of another', () => ({ privateKeyPem: intermediate.keyPem }), 'KEY_DOES_NOT_MATCH'],
    ['the chain before the leaf', () => ({ certificatePem: intermediate.pem, chainPem: leaf.pem }), 'LEAF_IS_CA'],
    ['no chain', () => ({ chainPem: '' }), 'CHAIN_MISSING'],
    ['a chain that skips a link', () => ({ chainPem: root.pem }), 'CHAIN_BROKEN'],
    ['a chain in the wrong order', () => ({ chainPem: root.pem + intermediate.pem }), 'CHAIN_BROKEN'],
    ['names that are not covered', () => ({ names: ['example.org', 'a.b.example.org'] }), 'NAMES_NOT_COVERED'],
  ])('refuses %s', (_, change, reason) => {
    expect(reasonFor(change())).toBe(reason);
  });

  it('refuses what is not valid now, allowing five minutes for the clock', () => {
    expect(reasonFor({}, inDays(89))).toBe('CHAIN_EXPIRED');
    expect(reasonFor({}, new Date(inDays(-1).getTime() - 300_000))).toBeUndefined();
  });

  it.each<[string, string, Wish, MaterialReason]>([
    ['expired', 'a', { names, until: inDays(-0.5) }, 'EXPIRED'],
    ['not valid yet', 'a', { names, from: inDays(1) }, 'NOT_YET_VALID'],
    ['for clients only', 'a', { names, usages: ['1.3.6.1.5.5.7.3.2'] }, 'NOT_FOR_SERVERS'],
    ['with a weak key', 'a', { names, rsaBits: 1024 }, 'KEY_TOO_WEAK'],
    ['with a common name only', 'example.org', {}, 'NAMES_NOT_COVERED'],
  ])('refuses a certificate that is %s', async (_, subject, wish, reason) => {
    const other = await issue(subject, intermediate, wish);
    expect(reasonFor({ certificatePem: other.pem, privateKeyPem: other.keyPem })).toBe(reason);
  });

  it('refuses a chain whose name is right and whose signature is not', async () => {
    const impostor = await issue('Intermediate', root, { ca: true });
    expect(reasonFor({ chainPem: impostor.pem })).toBe('CHAIN_BROKEN');
    const notCa = await issue('Intermediate', root);
    const child = await issue('a', notCa, { names });
    expect(reasonFor({ certificatePem: child.pem, privateKeyPem: child.keyPem, chainPem: notCa.pem })).toBe(
      'CHAIN_BROKEN',
    );
  });

  it('never quotes the key', () => {
    const messages = [truncated(leaf.keyPem), encrypted('pkcs8'), intermediate.keyPem].map(
      (privateKeyPem) => checkMaterial({ ...good, privateKeyPem }, NOW)?.message ?? '',
    );
    expect(messages.every((message) => message.length > 20 && !/[A-Za-z0-9+/]{30}/.test(message))).toBe(true);
  });
});

describe('certificateFacts', () => {
  it('reads names that try to be two, leaves out what is no hostname, and lowers the rest', async () => {
    const tricky = await issue('a', intermediate, {
      names: [
        'a.example, DNS:evil.example',
        'WWW.Example.ORG',
        'a_b.example',
        '*.example.net',
        'www.example.org',
        '10.0.0.1',
      ],
    });
    expect(certificateFacts(new X509Certificate(tricky.pem)).names).toEqual(['www.example.org', '*.example.net']);
  });
});

function body(pem: string, change: (base64: string) => string): string {
  const [, label = '', base64 = ''] = /^-----BEGIN ([A-Z ]+)-----\n([^-]+)-----END/.exec(pem) ?? [];
  const lines = change(base64.replaceAll('\n', '')).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function truncated(pem: string): string {
  return body(pem, (base64) => base64.slice(0, 100));
}

function lengthened(pem: string): string {
  return body(pem, (base64) => Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from([0, 0])]).toString('base64'));
}

function encrypted(type: 'pkcs8' | 'sec1'): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type, format: PEM, cipher: 'aes-256-cbc', passphrase: 'secret' }).toString();
}
