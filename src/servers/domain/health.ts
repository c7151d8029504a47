import { z } from 'zod';

export const HEALTH_STATUSES = ['OK', 'WARNING', 'ERROR'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** What is looked at when a server is verified, in this order. */
export const HEALTH_CHECKS = [
  'directories',
  'disk',
  'inodes',
  'clock',
  'program',
  'modules',
  'tls-groups',
  'ports',
  'account',
  'include',
  'permissions',
  'whole-configuration',
] as const;
export type HealthCheckName = (typeof HEALTH_CHECKS)[number];

/** One thing that was looked at on a server. */
export interface HealthCheck {
  readonly name: HealthCheckName;
  readonly status: HealthStatus;
  /** What was found. */
  readonly message: string;
  /** What to do; null when there is nothing to do. */
  readonly remedy: string | null;
}

export const healthSchema: z.ZodType<readonly HealthCheck[]> = z
  .array(
    z.strictObject({
      name: z.enum(HEALTH_CHECKS),
      status: z.enum(HEALTH_STATUSES),
      message: z.string().max(1_000),
      remedy: z.string().max(1_000).nullable(),
    }),
  )
  .max(HEALTH_CHECKS.length);
