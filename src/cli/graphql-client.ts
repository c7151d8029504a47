import { DomainError } from '../shared/domain-error.js';
import { isErrorCode } from '../shared/error-catalogue.js';
import type { Secret } from '../shared/secret.js';

interface GraphqlAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** What the quick start calls the API with: over HTTP, like everybody else. */
export class GraphqlClient {
  constructor(
    readonly url: string,
    private readonly token: Secret,
  ) {}

  /** @throws DomainError with the code of the first error of the answer */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const response = await this.#post('application/json', query, variables);
    const answer = (await response.json()) as GraphqlAnswer<T>;
    const [error] = answer.errors ?? [];
    if (error || !answer.data) {
      const code = error?.extensions?.code ?? '';
      throw new DomainError(isErrorCode(code) ? code : 'INTERNAL', error?.message ?? 'The API gave no data.');
    }
    return answer.data;
  }

  /** The events of a subscription over SSE (graphql-sse, distinct connections mode), until it completes. */
  async *subscribe<T>(query: string, variables: object): AsyncGenerator<T> {
    const response = await this.#post('text/event-stream', query, variables);
    for await (const line of lines(response)) {
      const answer = line.startsWith('data: {') ? (JSON.parse(line.slice('data: '.length)) as GraphqlAnswer<T>) : null;
      if (answer?.data) {
        yield answer.data;
      }
    }
  }

  #post(accept: string, query: string, variables: object): Promise<Response> {
    return fetch(this.url, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${this.token.reveal()}` },
      body: JSON.stringify({ query, variables }),
    });
  }
}

async function* lines(response: Response): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
