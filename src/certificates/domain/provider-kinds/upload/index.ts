import type { ProviderKind } from '../provider-kind.js';

/** A person's to replace: it is watched and never renewed. */
export const upload: ProviderKind = {
  description: 'From outside; never renewed by Hlér.',
  issuing: null,
  renewal: { automatic: false, advised: false },
};
