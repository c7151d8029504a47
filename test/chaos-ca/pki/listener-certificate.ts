import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { makeKeyPair, SIGNING } from './key-pair.js';

const YEAR_MS = 365 * 86_400_000;

/** What the CA shows to those that connect: for `localhost`, below a root that has nothing to do with what it issues. */
export interface ListenerCertificate {
  readonly key: string;
  readonly cert: string;
  readonly root: string;
}

/** Valid by the machine's clock, whatever the CA's says. */
export async function makeListenerCertificate(): Promise<ListenerCertificate> {
  const [rootKeys, keys] = await Promise.all([makeKeyPair(), makeKeyPair()]);
  const notBefore = new Date(Date.now() - YEAR_MS);
  const notAfter = new Date(Date.now() + 10 * YEAR_MS);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '4001',
    name: 'CN=Chaos CA listener root',
    notBefore,
    notAfter,
    keys: rootKeys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: '4002',
    subject: 'CN=localhost',
    issuer: root.subject,
    notBefore,
    notAfter: new Date(Date.now() + YEAR_MS),
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`,
    cert: `${leaf.toString('pem')}\n`,
    root: `${root.toString('pem')}\n`,
  };
}
