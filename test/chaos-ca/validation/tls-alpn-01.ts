import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { connect } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { AcmeProblem } from '../problem.js';
import type { Proof, Surroundings } from './proof.js';

const PROTOCOL = 'acme-tls/1';
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31';
const TIMEOUT_MS = 10_000;

/** RFC 8737 for names: the protocol, one SAN that is the name, and the digest in a critical extension. */
export async function tlsAlpn01(around: Surroundings, proof: Proof): Promise<AcmeProblem | undefined> {
  const { value } = proof.identifier;
  const [address] = await around.addressesOf(value);
  if (address === undefined) {
    return new AcmeProblem('dns', `No valid IP addresses found for ${value}`);
  }
  const { protocol, der } = await shake(address, around.ports.https, value);
  if (protocol !== PROTOCOL) {
    return new AcmeProblem('unauthorized', `Cannot negotiate ALPN protocol "${PROTOCOL}" for tls-alpn-01 challenge`);
  }
  const certificate = new x509.X509Certificate(der);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  if (names.length !== 1 || names[0]?.type !== 'dns' || names[0].value.toLowerCase() !== value) {
    return new AcmeProblem(
      'unauthorized',
      `Incorrect validation certificate for tls-alpn-01 challenge: it must name ${value} only`,
    );
  }
  const extension = certificate.getExtension(ACME_IDENTIFIER);
  const digest = createHash('sha256').update(proof.keyAuthorization).digest();
  const wanted = Buffer.concat([Buffer.from([0x04, 0x20]), digest]);
  const isRight = extension?.critical === true && wanted.equals(Buffer.from(extension.value));
  return isRight
    ? undefined
    : new AcmeProblem('unauthorized', 'Incorrect or missing acmeIdentifier extension in the validation certificate');
}

function shake(
  address: string,
  port: number,
  servername: string,
): Promise<{ readonly protocol: string; readonly der: Buffer }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new AcmeProblem('tls', `${address}: ${error.message}`));
    const socket = connect({ host: address, port, servername, ALPNProtocols: [PROTOCOL], rejectUnauthorized: false });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('Timeout during TLS handshake')));
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const der = socket.getPeerCertificate().raw;
      const protocol = typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '';
      socket
        .off('error', fail)
        .on('error', () => undefined)
        .destroy();
      resolve({ protocol, der });
    });
  });
}
