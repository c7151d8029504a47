import { isIP } from 'node:net';
import { z } from 'zod';
import type { AcmeAccountWish } from '../../src/certificates/domain/acme/acme-account.js';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { TSIG_ALGORITHMS, type ChallengeMethod } from '../../src/certificates/domain/acme/challenge-method.js';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import type { SecretSource } from '../../src/certificates/domain/acme/secret-source.js';
import { KEY_TYPES } from '../../src/certificates/domain/key-type.js';

/** What comes to the tasks over a queue, held to its form once more. Defaults are those of an ordinary site. */

export const absolutePath = z.string().startsWith('/');

const secretSource: z.ZodType<SecretSource> = z.union([
  z.strictObject({ value: z.string().min(1) }),
  z.strictObject({ file: absolutePath }),
]);

export const caInput: z.ZodType<AcmeCa> = z.object({
  directoryUrl: z.url({ protocol: /^https?$/ }),
  caBundlePem: z.string().max(200_000).nullable().default(null),
  proxyUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  proxySecret: secretSource.nullable().default(null),
});

export const accountInput: z.ZodType<AcmeAccountWish> = z.object({
  // It becomes the name of a directory.
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    .default('default'),
  ownKey: z.boolean().default(false),
  contact: z.array(z.string().startsWith('mailto:').max(300)).max(10).default([]),
  termsOfServiceAgreed: z.boolean(),
  externalAccount: z
    .object({ keyId: z.string().min(1).max(1_000), hmacKey: secretSource })
    .nullable()
    .default(null),
});

/** `address` or `address:port`, IPv6 in brackets when there is a port. */
export const serverAddress = z.string().refine((text) => {
  const host = /^\[(.+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? (isIP(text) === 6 ? text : text.replace(/:\d{1,5}$/, ''));
  return isIP(host) !== 0;
}, 'Give an IP address, with or without a port.');

const writer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rfc2136'),
    // It becomes a line for nsupdate.
    host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/),
    port: z.number().int().min(1).max(65_535).default(53),
    tsig: z
      .object({
        keyName: z.string().regex(/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})$/),
        algorithm: z.enum(TSIG_ALGORITHMS).default('hmac-sha256'),
        secret: secretSource,
      })
      .nullable()
      .default(null),
  }),
  z.object({
    kind: z.literal('exec'),
    command: z
      .array(z.string())
      .min(1)
      .max(50)
      .refine(([file]) => file?.startsWith('/') === true, 'Name the program by its whole path.'),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
    timeoutMs: z.number().int().min(1_000).max(300_000).default(60_000),
  }),
]);

export const challengeInput: z.ZodType<ChallengeMethod> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('http-01') }),
  z.object({
    type: z.literal('dns-01'),
    domains: z.array(z.string()).default([]),
    writer,
    resolvers: z.array(serverAddress).default([]),
    propagation: z
      .object({
        servers: z.array(serverAddress).default([]),
        timeoutMs: z.number().int().min(1_000).max(300_000).default(120_000),
      })
      .prefault({}),
    ttl: z.number().int().min(0).max(86_400).default(60),
  }),
]);

export const issueRequestInput = z.object({
  certificateId: z.uuid(),
  ca: caInput,
  account: accountInput,
  names: z.array(z.string()).min(1).max(100),
  keyType: z.enum(KEY_TYPES).default('EC_P256'),
  profile: z
    .object({ name: z.string().min(1).max(100), required: z.boolean() })
    .nullable()
    .default(null),
  challenges: z.array(challengeInput).min(1).max(20),
  preferredChain: z
    .object({
      issuerCommonName: z.string().nullable().default(null),
      rootFingerprint: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable()
        .default(null),
    })
    .nullable()
    .default(null),
  replaces: z
    .object({
      ariId: z.string().regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/),
      directoryUrl: z.string(),
      accountUrl: z.string(),
    })
    .nullable()
    .default(null),
  staging: z.boolean().default(false),
  servedThumbprints: z.array(z.string()).default([]),
}) satisfies z.ZodType<AcmeIssueRequest>;
