import { z } from 'zod';
import {
  isBackendAddress,
  isListenAddress,
  isPlainHostname,
  TLS_FRONT_NAMES,
  WEB_SERVER_NAMES,
} from '../../consumers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import { isId } from '../../shared/ids.js';
import { parseUnixPath, parseUnixSocket } from '../../shared/unix-path.js';

const jwk = z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });
const path = z.string().transform((value) => parseUnixPath(value) as string);
const port = z.number().int().min(1).max(65_535);

const backend = z.strictObject({
  address: z.string().refine(isBackendAddress, 'neither a hostname nor an address'),
  port,
  https: z
    .strictObject({ serverName: z.string().refine(isPlainHostname, 'not a hostname'), caFile: path.nullable() })
    .nullable(),
});

const enrolment = z.strictObject({
  serverId: z.string().refine(isId, 'not an id'),
  signingKey: jwk,
  encryptionKey: jwk,
  queuePasswordSha256: z.string().regex(/^[0-9a-f]{64}$/),
  http: z
    .strictObject({
      consumer: z.enum(WEB_SERVER_NAMES),
      addresses: z.array(z.string().refine(isListenAddress, 'not an address to listen on')).min(1).max(16),
      httpPort: port,
      httpsPort: port,
      workerUser: z
        .string()
        .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
        .nullable(),
      front: z
        .strictObject({
          consumer: z.enum(TLS_FRONT_NAMES),
          backendPort: port,
          backends: z.array(backend).max(64),
        })
        .nullable()
        .default(null),
      // A runner of an earlier release does not say.
      acmeThumbprints: z
        .array(z.string().regex(/^[A-Za-z0-9_-]{43}$/))
        .max(4)
        .default([]),
      system: z.strictObject({ mainFile: path }).nullable().default(null),
      paths: z.strictObject({ config: path, tls: path, staging: path, run: path, log: path }),
    })
    .refine(({ front, system }) => front === null || system === null, {
      path: ['front'],
      message: "a TLS front stands before a web server of Hlér's own only",
    }),
  platformRoots: z.array(path).min(1).max(16),
  stateDirectory: path,
  // A runner of an earlier release does not say.
  phpSocket: z
    .string()
    .transform((value) => parseUnixSocket(value) as string)
    .nullable()
    .default(null),
});

/** How a runner introduces itself: its id, its public keys, its web server. Holds nothing secret. */
export type Enrolment = z.infer<typeof enrolment>;

/** @throws DomainError SERVER_ENROLMENT_INVALID, naming the part that is wrong */
export function parseEnrolment(document: unknown): Enrolment {
  const result = enrolment.safeParse(document);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new DomainError(
      'SERVER_ENROLMENT_INVALID',
      `The enrolment document is not usable: ${field}: ${issue?.message}.`,
      {
        details: { field },
      },
    );
  }
  return result.data;
}
