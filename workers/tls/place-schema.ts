import { z } from 'zod';

const absolutePath = z.string().startsWith('/');

/** Where a task finds the store, as every task on certificates is told. */
export const placeSchema = z.object({
  certificateId: z.uuid(),
  tlsDirectory: absolutePath,
  stagingDirectory: absolutePath,
  documentRoots: z.array(absolutePath).default([]),
});

export const retractionSchema = z.object({ spki: z.string(), generation: z.number().int() });
