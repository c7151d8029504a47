/** Waited for before and after each thing that lasts. */
export type Trace = (event: 'file' | 'request' | 'challenge') => void | Promise<void>;
