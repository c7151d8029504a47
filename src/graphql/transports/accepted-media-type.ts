const RESPONSE_JSON = 'application/graphql-response+json';
const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*']);

/**
 * The media type graphql-http answers in: the first in `accept` that it knows, in UTF-8; JSON without one. What it
 * cannot answer in, it has refused with 406 before.
 */
export function acceptedMediaType(accept: string = '*/*'): typeof RESPONSE_JSON | 'application/json' {
  for (const range of accept.replaceAll(/\s/g, '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';');
    const charset = parameters.find((parameter) => parameter.includes('charset=')) ?? 'charset=utf-8';
    if (charset === 'charset=utf-8' && type === RESPONSE_JSON) {
      return RESPONSE_JSON;
    }
    if (charset === 'charset=utf-8' && JSON_TYPES.has(type)) {
      return 'application/json';
    }
  }
  return 'application/json';
}
