import { ERROR_CATALOGUE, type ErrorCode } from '../shared/error-catalogue.js';

/**
 * The status of a request that was refused before anything was resolved. (Once there is `data`, even null, the
 * status is 200 and the codes are in the errors: GraphQL over HTTP, "application/graphql-response+json".)
 */
export function httpStatusOf(code: ErrorCode): 400 | 401 | 403 | 500 | 503 {
  if (code === 'UNAUTHENTICATED') {
    return 401;
  }
  return code === 'FORBIDDEN' ? 403 : STATUS_BY_ACTOR[ERROR_CATALOGUE[code].actor];
}

const STATUS_BY_ACTOR = { CALLER: 400, WORLD: 503, US: 500 } as const;
