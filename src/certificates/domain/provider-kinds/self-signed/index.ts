import { outputOf } from '../../../../operations/index.js';
import type { ProviderKind } from '../provider-kind.js';
import { SELF_SIGN_TASK, selfSignTask } from './self-sign-task.js';

export const selfSigned: ProviderKind = {
  description: 'Made and signed on the server, at once.',
  issuing: {
    task: SELF_SIGN_TASK,
    plan: selfSignTask,
    spkiFor: () => outputOf(SELF_SIGN_TASK, 'spki'),
  },
  renewal: { automatic: true, advised: false },
};
