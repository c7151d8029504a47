import { createPrivateKey, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { KEY_TYPES } from '../../src/certificates/domain/key-type.js';
import { spkiOf } from '../../src/certificates/domain/spki.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { parseHostname } from '../../src/shared/hostname.js';
import { defineTask } from '../define-task.js';
import { makeRequest } from '../tls/make-request.js';
import { makeKeyPair, privateKeyPem } from '../tls/make-self-signed.js';
import { placeSchema } from '../tls/place-schema.js';
import { RequestStore, type StoredRequest } from '../tls/request-store.js';

const text = z.string().max(64).optional();

const input = placeSchema.extend({
  names: z
    .array(z.string().transform((name) => parseHostname(name, { wildcard: true }) as string))
    .min(1)
    .max(100),
  keyType: z.enum(KEY_TYPES),
  subject: z.object({
    commonName: text,
    organization: text,
    organizationalUnit: text,
    locality: text,
    state: text,
    country: text,
  }),
});
type Input = z.infer<typeof input>;

/**
 * Makes a key on this server and a request for a certificate for it. The key stays in `requests/<certificate id>`, 0400; the request is
 * public and goes into the fields. The same wish gets the same request, however often the task is killed and run again.
 * The undo removes key and request that this operation made.
 */
export default defineTask<Input>({
  name: 'certificate.csr',
  input,

  async run(wanted, context) {
    const { certificateId, names, keyType, subject } = wanted;
    const store = await RequestStore.open(wanted);
    const wish = JSON.stringify({ names, keyType, subject });
    const held = await store.find(certificateId);
    if (held?.wish === wish) {
      return requested('NOTHING_TO_DO', certificateId, held, held.operationId === context.operationId);
    }
    const pair = await makeKeyPair(keyType);
    const requestPem = await makeRequest(pair, names, subject);
    const request = {
      privateKey: privateKeyPem(pair.privateKey),
      requestPem,
      wish,
      operationId: context.operationId,
    };
    if (context.signal.aborted) {
      throw new DomainError('OPERATION_CANCELLED', 'The operation was cancelled before the request was stored.');
    }
    await store.put(certificateId, request);
    context.log('INFO', `Made a key and a request for ${names.length} names.`);
    return requested('SUCCESS', certificateId, request, true);
  },

  async undo(wanted, _, context) {
    await (await RequestStore.open(wanted)).discard(wanted.certificateId);
    context.log('INFO', 'Removed the key and the request.');
  },
});

function requested(
  status: TaskSuccess['status'],
  id: string,
  { privateKey, requestPem }: StoredRequest,
  ownWork: boolean,
): TaskSuccess {
  const spki = spkiOf(createPublicKey(createPrivateKey(privateKey.reveal())));
  return {
    status,
    output: { spki },
    fields: [{ subject: 'certificate', id, fields: { spki, csrPem: requestPem } }],
    ...(ownWork && { undo: {} }),
  };
}
