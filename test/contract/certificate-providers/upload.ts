import task from '../../../workers/tasks/certificate-store.js';
import { issue } from '../../support/certificate-authority.js';
import type { Subject, Wanted } from './subject.js';

/** Somebody else's CA: each certificate with a key of its own. */
export async function uploadSubject(): Promise<Subject> {
  const ca = await issue('CA', undefined, { ca: true });
  const place = ({ certificate, server, documentRoots }: Wanted) => {
    const { tls, staging } = server.http.paths;
    return { certificateId: certificate.id, tlsDirectory: tls, stagingDirectory: staging, documentRoots };
  };
  const pairFor = async (wanted: Wanted) => {
    const names = wanted.certificate.requestedNames;
    const { pem, keyPem } = await issue(names[0] ?? '', ca, { names });
    return { ...place(wanted), certificatePem: pem, chainPem: ca.pem, privateKey: keyPem, names };
  };
  return {
    task,
    input: pairFor,
    refused: async (wanted) => ({ ...(await pairFor(wanted)), privateKey: (await issue('other', ca)).keyPem }),
  };
}
