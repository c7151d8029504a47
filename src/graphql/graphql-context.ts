import type DataLoader from 'dataloader';
import type { Actor } from '../shared/actor.js';
import type { Authenticator } from '../shared/authenticator.js';

export type Transport = 'HTTP' | 'SSE' | 'WEBSOCKET';

/** What is known of a request; nothing in it is secret. */
export interface RequestInfo {
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly userAgent: string | undefined;
  /** From `x-correlation-id` where the caller sent a well-formed one; names the request in logs and in INTERNAL. */
  readonly correlationId: string;
  /** Aborted when the caller went away, or ended the operation. */
  readonly signal: AbortSignal;
}

export type LoaderRegistry = Map<string, DataLoader<unknown, unknown>>;

/** The third argument of every resolver. A subscription gets a fresh `loaders` for every event. */
export interface GraphqlContext {
  readonly actor: Actor | null;
  readonly request: RequestInfo;
  readonly correlationId: string;
  readonly signal: AbortSignal;
  readonly loaders: LoaderRegistry;
}

/**
 * Builds the context of one operation. `authorization` is the header, or for a WebSocket
 * `connectionParams.authorization` and else the header of the upgrade.
 */
export type ContextFactory = (authorization: string | undefined, request: RequestInfo) => Promise<GraphqlContext>;

export function contextFactory(authenticator: Authenticator): ContextFactory {
  return async (authorization, request) => ({
    actor: await authenticator.authenticate(authorization),
    request,
    correlationId: request.correlationId,
    signal: request.signal,
    loaders: new Map(),
  });
}
