import { z } from 'zod';

const schema = z.object({ certificatePem: z.string(), chainPem: z.string() });

/** What an operation brings to the server, as `readUpload` has read it: public, so it is part of the input. */
export function pastedPair({ input }: { readonly input: unknown }): z.infer<typeof schema> {
  return schema.parse(input);
}
