import { z } from 'zod';
import { serverAddress } from '../acme/acme-inputs.js';

const port = z.number().int().min(1).max(65_535);

export const preflightInput = z.object({
  resolvers: z.array(serverAddress).default([]),
  /** Where the world finds ports 80 and 443 of this server. */
  ports: z.object({ http: port, https: port }).default({ http: 80, https: 443 }),
});
export type PreflightOptions = z.infer<typeof preflightInput>;
