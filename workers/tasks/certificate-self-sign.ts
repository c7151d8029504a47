import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { certificateFacts, type CertificateFacts } from '../../src/certificates/domain/certificate-facts.js';
import { checkMaterial } from '../../src/certificates/domain/check-material.js';
import { DEFAULT_KEY_TYPE, KEY_TYPES, type KeyType } from '../../src/certificates/domain/key-type.js';
import { reissueReason } from '../../src/certificates/domain/reissue-reason.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { parseHostname } from '../../src/shared/hostname.js';
import { defineTask } from '../define-task.js';
import type { TaskContext } from '../protocol.js';
import { inForce, retraction } from '../tls/certificate-result.js';
import { makeKeyPair, privateKeyPem, selfSign, type KeyPair } from '../tls/make-self-signed.js';
import { placeSchema } from '../tls/place-schema.js';
import { retract } from '../tls/retract.js';
import type { StoredGeneration } from '../tls/stored-generation.js';
import type { KeyAndCertificate } from '../tls/tls-layout.js';
import { TlsStore } from '../tls/tls-store.js';

const input = placeSchema.extend({
  names: z.array(z.string()).min(1).max(100),
  keyType: z.enum(KEY_TYPES).default(DEFAULT_KEY_TYPE),
  /** 397, as the CA/Browser Forum long allowed: browsers refuse a longer life even where the certificate is trusted by hand. */
  days: z.number().int().min(1).max(397).default(90),
  /** Fingerprint of the certificate that is to be replaced, however much life it has. */
  replaces: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
type Input = z.infer<typeof input>;

/**
 * Makes a key and a certificate signed by itself, and puts them in force. Nothing to do when the stored one is for exactly these
 * names and this type of key, has more than a third of its life left, and is not the one that is to be replaced. A certificate made anew keeps its key, as its SPKI
 * is its identity; another key type makes another key. The key leaves the disk neither in the output, nor in the log, nor
 * in the undo data. Cancellable before it stores; the undo puts back in force what was before, and removes a key made here.
 */
export default defineTask<Input>({
  name: 'certificate.self-sign',
  input,

  async run(input, context) {
    const now = new Date();
    const wanted = { ...input, names: distinctHostnames(input.names) };
    const store = await TlsStore.open(wanted);
    const held = await findUsable(store, wanted, now, context);
    if (held !== undefined) {
      const reason = reissueReason(factsOf(held), wanted, now);
      if (reason === undefined) {
        const ownWork = held.record.operationId === context.operationId;
        return inForce('NOTHING_TO_DO', held, ownWork ? retraction(held) : null);
      }
      context.log('INFO', `The certificate is made anew. ${reason.message}`);
    }
    const pair = await keyPairFor(held, wanted.keyType);
    const material = await makeMaterial(pair, wanted, now);
    if (context.signal.aborted) {
      throw new DomainError('OPERATION_CANCELLED', 'The operation was cancelled before the certificate was stored.');
    }
    const { certificateId } = wanted;
    const stored = await store.put({ ...material, certificateId, operationId: context.operationId });
    context.log('INFO', `Stored a self-signed certificate for ${wanted.names.length} names in ${stored.directory}.`);
    return inForce('SUCCESS', stored, retraction(stored));
  },

  undo: (wanted, undo, context) => retract(wanted, undo, 'the self-signed certificate', context),
});

/** Parsed here once more: this data has crossed a queue. @throws DomainError HOSTNAME_INVALID */
function distinctHostnames(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => parseHostname(name, { wildcard: true })))];
}

/** What is stored, unless it is damaged: then it is as good as not there, and a fresh key takes its place. */
async function findUsable(
  store: TlsStore,
  { certificateId }: Input,
  now: Date,
  context: TaskContext,
): Promise<StoredGeneration | undefined> {
  try {
    const held = await store.findByCertificate(certificateId);
    const damage = held === undefined ? undefined : problemOf(held, [], now);
    if (damage === undefined || damage.reason === 'EXPIRED' || damage.reason === 'NOT_YET_VALID') {
      return held;
    }
    context.log('WARNING', `The stored certificate is not used again. ${damage.message}`);
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'CERTIFICATE_FILES_INVALID')) {
      throw error;
    }
    context.log('WARNING', `The stored certificate is not used again. ${error.message}`);
  }
  return undefined;
}

function keyPairFor(held: StoredGeneration | undefined, keyType: KeyType): KeyPair | Promise<KeyPair> {
  if (held === undefined || factsOf(held).keyType !== keyType) {
    return makeKeyPair(keyType);
  }
  const privateKey = createPrivateKey(held.privateKey.reveal());
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

async function makeMaterial(pair: KeyPair, { names, days }: Input, now: Date): Promise<KeyAndCertificate> {
  const certificatePem = await selfSign(pair, { names, days, now });
  const material = { privateKey: privateKeyPem(pair.privateKey), certificatePem, chainPem: '' };
  const problem = problemOf(material, names, now);
  if (problem !== undefined) {
    throw new DomainError('INTERNAL', `The certificate that was just made cannot be used. ${problem.message}`, {
      details: { reason: problem.reason },
    });
  }
  return material;
}

function problemOf(
  { privateKey, ...pem }: KeyAndCertificate,
  names: readonly string[],
  now: Date,
): ReturnType<typeof checkMaterial> {
  const { certificatePem, chainPem } = pem;
  return checkMaterial({ certificatePem, chainPem, privateKeyPem: privateKey.reveal(), names }, now);
}

function factsOf({ certificatePem }: KeyAndCertificate): CertificateFacts {
  return certificateFacts(new X509Certificate(certificatePem));
}
