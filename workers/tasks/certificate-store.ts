import { z } from 'zod';
import { Secret } from '../../src/shared/secret.js';
import { defineTask } from '../define-task.js';
import { placeSchema } from '../tls/place-schema.js';
import { putPair } from '../tls/put-pair.js';
import { retract } from '../tls/retract.js';
import { TlsStore } from '../tls/tls-store.js';

const input = placeSchema.extend({
  certificatePem: z.string(),
  chainPem: z.string(),
  /** Came sealed to this server; the runner opened it for this call alone. */
  privateKey: z.string().transform((pem) => new Secret(pem)),
  names: z.array(z.string()).max(1_000),
});
type Input = z.infer<typeof input>;

/**
 * Stores an uploaded pair as the newest generation of its key and puts it in force. The key goes to the files (0400) and nowhere else:
 * not into output, fields, log or undo data. The undo puts back in force what was before, and removes a key that was new.
 * Errors: CERTIFICATE_REFUSED, DISK_FULL, READ_ONLY, CONFIG_INVALID.
 */
export default defineTask<Input>({
  name: 'certificate.store',
  input,

  async run(pair, context) {
    return putPair(await TlsStore.open(pair), pair, context);
  },

  undo: (pair, undo, context) => retract(pair, undo, 'the uploaded certificate', context),
});
