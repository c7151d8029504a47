import { z } from 'zod';
import {
  CONSUMER_NAMES,
  DRUPAL_MAJORS,
  ENVIRONMENT_NAMES,
  HTTPS_MODES,
  type Backend,
  type ConsumerName,
  type HttpServerSpec,
  type VhostSpec,
} from '../../src/consumers/index.js';

/** A file of the configuration as it was, to be put back; `content` null: it was not there. */
export interface StoredFile {
  /** Relative to the configuration directory. */
  readonly path: string;
  readonly content: string | null;
  readonly mode: number;
}

export type HttpChange =
  /** The files of the server as a whole; with the main names of all its sites, what belongs to none of them is removed. */
  | { readonly type: 'SERVER'; readonly siteUris?: readonly string[] }
  | { readonly type: 'SITE'; readonly site: VhostSpec }
  /** Nothing of the site is to be served any more; `names` are those it had. */
  | { readonly type: 'REMOVE_SITE'; readonly siteId: string; readonly uri: string; readonly names: readonly string[] }
  /** Previous files, as the `undo` of an apply has them. */
  | { readonly type: 'RESTORE'; readonly files: readonly StoredFile[] };

export interface HttpApplyInput {
  readonly consumer: ConsumerName;
  readonly server: HttpServerSpec;
  readonly change: HttpChange;
  /** Looks only, and reports what differs. */
  readonly dryRun?: boolean;
}

const strings = z.array(z.string());

const backendsSchema: z.ZodType<readonly Backend[]> = z.array(
  z.object({
    address: z.string(),
    port: z.int(),
    https: z.object({ serverName: z.string(), caFile: z.string().nullable() }).nullable(),
  }),
);

export const serverSchema: z.ZodType<HttpServerSpec> = z.object({
  serverId: z.string(),
  addresses: strings.min(1),
  httpPort: z.int(),
  httpsPort: z.int(),
  paths: z.object({
    config: z.string(),
    tls: z.string(),
    staging: z.string(),
    run: z.string(),
    log: z.string(),
  }),
  tlsGroups: strings,
  acmeThumbprints: strings,
  challengeDirectory: z.string().startsWith('/').nullable().optional(),
  programVersion: z.string().nullable(),
  workerUser: z.string().nullable(),
  behindFront: z.object({ trustedProxies: strings }).optional(),
  challenges: backendsSchema.optional(),
  system: z
    .object({ mainFile: z.string().startsWith('/') })
    .nullable()
    .optional(),
});

const applicationSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('STATIC'), root: z.string() }),
  z.object({
    type: z.literal('DRUPAL'),
    root: z.string(),
    siteDirectory: z.string(),
    version: z.literal(DRUPAL_MAJORS),
    phpSocket: z.string(),
    environment: z.array(z.object({ name: z.enum(ENVIRONMENT_NAMES), value: z.string() })),
  }),
  z.object({ type: z.literal('PROXY'), backends: backendsSchema, redirectsWhenTold: z.boolean() }),
]);

const siteSchema: z.ZodType<VhostSpec> = z.object({
  siteId: z.string(),
  uri: z.string(),
  state: z.enum(['ENABLED', 'DISABLED']),
  https: z.enum(HTTPS_MODES),
  hstsMaxAge: z.int().min(0).nullish(),
  names: z.array(z.object({ name: z.string(), redirectTo: z.string().nullable(), certificate: z.string().nullable() })),
  application: applicationSchema,
});

/**
 * One of ours, or what lies between them and is nobody's: the administrator's directories, and whatever lies elsewhere, are
 * out of reach.
 */
const ownPath = z
  .string()
  .regex(
    /^((vhost|wildcard|tls-vhost|tls-wildcard|certificate|environment|quarantine)\.d\/(?!\.{1,2}$)[^/\0]+|[a-z]+\.(conf|html|txt))$/,
  );

export const storedFilesSchema: z.ZodType<readonly StoredFile[]> = z.array(
  z.object({ path: ownPath, content: z.string().nullable(), mode: z.int() }),
);

export const consumerSchema = z.enum(CONSUMER_NAMES);

export const httpApplySchema: z.ZodType<HttpApplyInput> = z.object({
  consumer: consumerSchema,
  server: serverSchema,
  change: z.discriminatedUnion('type', [
    z.object({ type: z.literal('SERVER'), siteUris: strings.optional() }),
    z.object({ type: z.literal('SITE'), site: siteSchema }),
    z.object({ type: z.literal('REMOVE_SITE'), siteId: z.string(), uri: z.string(), names: strings }),
    z.object({ type: z.literal('RESTORE'), files: storedFilesSchema }),
  ]),
  dryRun: z.boolean().optional(),
});
