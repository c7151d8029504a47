import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { spkiOf } from '../../src/certificates/domain/spki.js';
import { DomainError } from '../../src/shared/domain-error.js';
import type { Secret } from '../../src/shared/secret.js';
import { defineTask } from '../define-task.js';
import { placeSchema } from '../tls/place-schema.js';
import { putPair } from '../tls/put-pair.js';
import { RequestStore } from '../tls/request-store.js';
import { retract } from '../tls/retract.js';
import { findStored } from '../tls/stored-generation.js';
import { TlsStore } from '../tls/tls-store.js';

const input = placeSchema.extend({
  certificatePem: z.string(),
  chainPem: z.string(),
  names: z.array(z.string()).max(1_000),
});
type Input = z.infer<typeof input>;

/**
 * Puts a certificate in force whose key was made on this server by `certificate.csr`, or serves it already. The undo puts back in
 * force what was before; the key of the request stays, so that the same certificate can be installed again.
 * Errors: CERTIFICATE_REQUEST_MISSING, CERTIFICATE_REFUSED, DISK_FULL, READ_ONLY, CONFIG_INVALID.
 */
export default defineTask<Input>({
  name: 'certificate.install',
  input,

  async run(wanted, context) {
    const store = await TlsStore.open(wanted);
    return putPair(store, { ...wanted, privateKey: await keyFor(wanted) }, context);
  },

  undo: (wanted, undo, context) => retract(wanted, undo, 'the installed certificate', context),
});

/** That it belongs to the certificate is checked with all the rest. @throws DomainError CERTIFICATE_REQUEST_MISSING */
async function keyFor(wanted: Input): Promise<Secret> {
  const { certificateId, tlsDirectory, certificatePem } = wanted;
  const request = await (await RequestStore.open(wanted)).find(certificateId);
  const key = request ?? (await findStored(tlsDirectory, spkiOf(new X509Certificate(certificatePem).publicKey)));
  if (key === undefined) {
    throw new DomainError(
      'CERTIFICATE_REQUEST_MISSING',
      `The server has no key for the certificate ${certificateId}: neither of a request nor of an earlier certificate.`,
    );
  }
  return key.privateKey;
}
