import type { HealthCheck } from '../../src/servers/domain/health.js';

/** What a look says; an error is thrown, and is what the verification ends with. */
export type Finding = Omit<HealthCheck, 'name'>;

export const ok = (message: string): Finding => ({ status: 'OK', message, remedy: null });
export const warning = (message: string, remedy: string): Finding => ({ status: 'WARNING', message, remedy });
export const error = (message: string, remedy: string): Finding => ({ status: 'ERROR', message, remedy });
