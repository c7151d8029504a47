import { SELF_SIGN_TASK } from '../../certificates/index.js';

/** Every task that a plan of a site may have. */
export const APPLY_TASKS = ['platform.check', 'site.check', 'certificate.check', SELF_SIGN_TASK, 'http.apply'] as const;

export const SITE_TIMEOUT_MS = 300_000;
