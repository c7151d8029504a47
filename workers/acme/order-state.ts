import { z } from 'zod';
import { identifierSchema } from '../../src/certificates/domain/acme/problem.js';

/** What was put in place for a challenge, so that it can be removed by whoever comes after a crash. */
export const presentedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), token: z.string() }),
  /** `method`: its index in the request's list. */
  z.object({ kind: z.literal('txt'), method: z.number().int(), name: z.string(), zone: z.string(), value: z.string() }),
]);
export type Presented = z.infer<typeof presentedSchema>;

/**
 * ORDERING: a new order is being asked for. ORDERED: it has its URL. RESPONDING: the CA is being told to validate.
 * FINALIZING: the request for the certificate is being sent. ISSUED: the certificate is here. STORED: it is in force, and its key
 * is not kept here any more; what the CA made of the order is. What was done last may or may not
 * have reached the CA: whoever goes on asks it first.
 */
export const ORDER_STEPS = ['ORDERING', 'ORDERED', 'RESPONDING', 'FINALIZING', 'ISSUED', 'STORED'] as const;

export const orderStateSchema = z.object({
  certificateId: z.string(),
  directoryUrl: z.string(),
  accountName: z.string(),
  /** Null until it is known. */
  accountUrl: z.string().nullable(),
  identifiers: z.array(identifierSchema),
  keyType: z.string(),
  /** What was asked for; what was got may be less. */
  wantedProfile: z.string().nullable(),
  /** PKCS#8 PEM, made before the order: a certificate never comes without its key. */
  privateKeyPem: z.string(),
  step: z.enum(ORDER_STEPS),
  orderUrl: z.string().nullable(),
  finalizeUrl: z.string().nullable(),
  authorizationUrls: z.array(z.string()),
  profile: z.string().nullable(),
  replaced: z.boolean(),
  presented: z.array(presentedSchema),
  warnings: z.array(z.string()),
  /** The CA asked not to be asked before; ISO 8601. */
  notBefore: z.string().nullable(),
  /** Why, as it was told to the caller. */
  notBeforeProblem: z.unknown().optional(),
  certificatePem: z.string().nullable(),
  chainPem: z.string(),
});
export type OrderState = z.infer<typeof orderStateSchema>;

/** Those that are not among the others, compared as they are written down. */
export function without(records: readonly Presented[], others: readonly Presented[]): readonly Presented[] {
  const known = new Set(others.map((record) => JSON.stringify(record)));
  return records.filter((record) => !known.has(JSON.stringify(record)));
}
