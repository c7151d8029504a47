import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { writeStrictPem } from '../../src/certificates/domain/strict-pem.js';
import type { RequestSubject } from '../../src/certificates/domain/request-subject.js';
import { toWebCrypto, type KeyPair } from './make-self-signed.js';

/** As the attributes of a distinguished name are called (RFC 4514 §3). */
const ATTRIBUTES: Readonly<Record<keyof RequestSubject, string>> = {
  commonName: 'CN',
  organization: 'O',
  organizationalUnit: 'OU',
  locality: 'L',
  state: 'ST',
  country: 'C',
};

/**
 * A request for a certificate (PKCS#10, RFC 2986) as strict PEM: the names as subjectAltName, and of a subject only what is given, since
 * CAs ignore the rest or refuse it. SHA-256.
 */
export async function makeRequest(pair: KeyPair, names: readonly string[], subject: RequestSubject): Promise<string> {
  const keys = await toWebCrypto(pair);
  const parts = Object.entries(ATTRIBUTES).flatMap(([field, attribute]) => {
    const value = subject[field as keyof RequestSubject];
    return value === undefined || value === '' ? [] : [{ [attribute]: [value] }];
  });
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(parts),
    keys,
    signingAlgorithm: { hash: 'SHA-256' },
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  });
  return writeStrictPem({ label: 'CERTIFICATE REQUEST', der: Buffer.from(request.rawData) });
}
