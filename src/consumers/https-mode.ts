/** DISABLED: HTTP only. ENABLED: both. REQUIRED: HTTP redirects to HTTPS, challenges of ACME excepted. */
export const HTTPS_MODES = ['DISABLED', 'ENABLED', 'REQUIRED'] as const;
export type HttpsMode = (typeof HTTPS_MODES)[number];
