import { z } from 'zod';
import { DomainError } from '../../../shared/domain-error.js';
import { TSIG_ALGORITHMS } from '../acme/challenge-method.js';
import { LIMIT_SET_NAMES } from '../rate-limits/limits.js';

const httpUrl = z.url({ protocol: /^https?$/, error: 'is no http or https URL' }).max(2_000);
/** Settings are shown to everybody who may use the provider. */
const httpUrlWithoutUser = (instead: string) =>
  httpUrl.refine((url) => withoutUser(url) === url, { error: `holds a user or a password: ${instead}` });
/** The name of a file below `<root>/secrets` or `<root>/hooks` of the server: no secret and no program comes through the API. */
const fileName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'is no file name of lower-case letters, digits, . _ and -');
const hostname = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i, 'is no hostname or address');
const addressOfResolver = z
  .string()
  .regex(/^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[?[0-9a-f:]+\]?(:\d{1,5})?)$/i, 'is no IP address');

const rfc2136 = z.strictObject({
  host: hostname,
  port: z.number().int().min(1).max(65_535).default(53),
  keyName: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/)
    .nullable()
    .default(null),
  algorithm: z.enum(TSIG_ALGORITHMS).default('hmac-sha256'),
  secret: fileName.nullable().default(null),
});

const exec = z.strictObject({
  hook: fileName,
  args: z.array(z.string().max(1_000)).max(20).default([]),
  timeoutSeconds: z.number().int().min(1).max(300).default(60),
});

const dns01 = z.strictObject({
  type: z.literal('DNS_01'),
  domains: z.array(hostname).max(100).default([]),
  rfc2136: rfc2136.nullable().default(null),
  exec: exec.nullable().default(null),
  resolvers: z.array(addressOfResolver).max(10).default([]),
  nameServers: z.array(addressOfResolver).max(20).default([]),
  propagationSeconds: z.number().int().min(1).max(300).default(120),
  ttlSeconds: z.number().int().min(0).max(86_400).default(60),
});

const challenge = z
  .discriminatedUnion('type', [z.strictObject({ type: z.literal('HTTP_01') }), dns01])
  .refine((one) => one.type === 'HTTP_01' || (one.rfc2136 === null) !== (one.exec === null), {
    error: 'of type DNS_01 takes one of rfc2136 and exec',
  });

const settings = z.strictObject({
  directoryUrl: httpUrlWithoutUser('leave them out'),
  caBundle: z.string().max(200_000).nullable().default(null),
  proxyUrl: httpUrlWithoutUser(
    'put user:password into a file in secrets/ of each server, and its name into proxySecret',
  )
    .nullable()
    .default(null),
  proxySecret: fileName.nullable().default(null),
  staging: z.boolean().default(false),
  contact: z.array(z.email('is no e-mail address').max(250)).max(10).default([]),
  termsOfServiceAgreed: z.boolean().default(false),
  externalAccount: z
    .strictObject({ keyId: z.string().min(1).max(1_000), secret: fileName })
    .nullable()
    .default(null),
  profile: z
    .strictObject({ name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/), required: z.boolean().default(false) })
    .nullable()
    .default(null),
  challenges: z
    .array(challenge)
    .min(1)
    .max(20)
    .default([{ type: 'HTTP_01' }]),
  /** Names are looked at before the CA is asked, by these resolvers and where the CA will ask: other ports only with a CA of one's own. */
  preflight: z
    .strictObject({
      enabled: z.boolean().default(true),
      resolvers: z.array(addressOfResolver).max(10).default([]),
      httpPort: z.number().int().min(1).max(65_535).default(80),
      httpsPort: z.number().int().min(1).max(65_535).default(443),
    })
    .prefault({}),
  preferredChain: z.string().min(1).max(300).nullable().default(null),
  /** How the CA limits orders; null: as is known of its directory. */
  limits: z.enum(LIMIT_SET_NAMES).nullable().default(null),
});

/** How an ACME CA (RFC 8555) is spoken to, as it is kept: plain data, nothing secret in it. */
export type AcmeSettings = z.infer<typeof settings>;
export type AcmeChallenge = AcmeSettings['challenges'][number];

/** The URL without user and password, where there are any. Pure. */
export function withoutUser(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username + parsed.password === '') {
    return url;
  }
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}

/** @throws DomainError CERTIFICATE_PROVIDER_INVALID, naming the part that is wrong */
export function parseAcmeSettings(input: unknown): AcmeSettings {
  const result = settings.safeParse(input);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new DomainError('CERTIFICATE_PROVIDER_INVALID', `The provider cannot be used: ${field} ${issue?.message}.`, {
      details: { field },
    });
  }
  return result.data;
}
