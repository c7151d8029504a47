import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { eventually } from './eventually.js';

export const SCHEMA = buildSchema(readFileSync(new URL('../../schema.gql', import.meta.url), 'utf8'));

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The API has answered with an error. */
export class ApiError extends Error {
  constructor(readonly refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`);
  }
}

export interface Failure {
  readonly code: string;
  readonly summary: string;
  readonly hint: string;
  readonly task: string | null;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>> | null;
}

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly attempt: number;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly subjectLabel: string;
  readonly tasks: readonly { readonly name: string; readonly state: string }[];
  readonly failure: Failure | null;
  readonly warnings: readonly Failure[];
}

export interface Event {
  readonly position: number;
  readonly type: 'STATE' | 'TASK' | 'LOG';
  readonly status: string;
  readonly task: string | null;
  readonly message: string | null;
}

export interface CertificateEvent {
  readonly cursor: string;
  readonly type: string;
  readonly certificateId: string;
  readonly clientId: string;
  readonly label: string;
  readonly message: string;
  readonly fingerprint: string | null;
  readonly operationId: string | null;
  readonly code: string | null;
  readonly certificate: { readonly fingerprint: string | null } | null;
}

const FAILURE = 'code summary hint task retryable details';
export const OPERATION = `id kind state attempt subjectType subjectId subjectLabel tasks { name state }
  failure { ${FAILURE} } warnings { ${FAILURE} }`;
export const EVENTS = `subscription ($id: ID!, $after: Int! = 0) {
  operationEvents(operationId: $id, after: $after) { position type status task message } }`;

export const CERTIFICATE_EVENTS = `subscription ($after: String, $clientId: ID, $certificateId: ID) {
  certificateEvents(after: $after, clientId: $clientId, certificateId: $certificateId) {
    cursor type certificateId clientId label message fingerprint operationId code certificate { fingerprint } } }`;

const ENDED = ['SUCCEEDED', 'SUCCEEDED_WITH_WARNINGS', 'FAILED', 'CANCELLED', 'TIMED_OUT'];

/** One caller of the API, over HTTP as any other. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly token: string | null,
  ) {}

  /** @throws ApiError */
  async ask<T = Record<string, never>>(query: string, variables: object = {}): Promise<T> {
    const response = await this.post('application/json', query, variables);
    const answer = (await response.json()) as { data?: T; errors?: readonly GraphqlError[] };
    const [error] = answer.errors ?? [];
    if (error || !answer.data) {
      throw new ApiError({
        status: response.status,
        code: error?.extensions?.code ?? '',
        message: error?.message ?? 'no data',
        details: error?.extensions?.details ?? {},
      });
    }
    return answer.data;
  }

  /** Why the API refuses this. Throws when it does not. */
  async refusal(query: string, variables: object = {}): Promise<Refusal> {
    try {
      await this.ask(query, variables);
    } catch (error) {
      if (error instanceof ApiError) {
        return error.refusal;
      }
      throw error;
    }
    throw new Error(`Not refused: ${query} ${JSON.stringify(variables)}`);
  }

  /** Calls a mutation, and gives what it answers: `selection` of its payload. */
  async mutate<T = { operation: Operation }>(
    mutation: string,
    input: object,
    selection = `operation { ${OPERATION} }`,
  ): Promise<T> {
    const answer = await this.ask<Record<string, T>>(mutationDocument(mutation, selection), { input });
    return answer[mutation]!;
  }

  refusalOf(mutation: string, input: object): Promise<Refusal> {
    return this.refusal(mutationDocument(mutation, '__typename'), { input });
  }

  /** Calls a mutation that starts work, and waits until the work has ended. */
  async work(mutation: string, input: object, withinMs?: number): Promise<Operation> {
    const { operation } = await this.mutate(mutation, input);
    return this.ended(operation.id, withinMs);
  }

  /** The same, for work that must succeed. */
  async done(mutation: string, input: object, withinMs?: number): Promise<Operation> {
    const operation = await this.work(mutation, input, withinMs);
    if (operation.state !== 'SUCCEEDED') {
      throw new Error(`${mutation} ended ${operation.state}: ${JSON.stringify(operation, null, 2)}`);
    }
    return operation;
  }

  async operation(id: string): Promise<Operation> {
    const answer = await this.ask<{ operation: Operation | null }>(
      `query ($id: ID!) { operation(id: $id) { ${OPERATION} } }`,
      { id },
    );
    if (!answer.operation) {
      throw new Error(`There is no operation ${id}.`);
    }
    return answer.operation;
  }

  /** The operation once it has ended, however. */
  ended(id: string, withinMs = 30_000): Promise<Operation> {
    return eventually(
      async () => {
        const operation = await this.operation(id);
        if (!ENDED.includes(operation.state)) {
          throw new Error(`The operation goes on: ${JSON.stringify(operation, null, 2)}`);
        }
        return operation;
      },
      withinMs,
      40,
    );
  }

  /** The events of an operation over SSE, from after a position to its end. @throws ApiError */
  events(id: string, after = 0): AsyncGenerator<Event> {
    return this.#stream<Event>('operationEvents', EVENTS, { id, after });
  }

  /** Events of certificates over SSE, until the caller returns. @throws ApiError */
  certificateEvents(filter: object): AsyncGenerator<CertificateEvent> {
    return this.#stream<CertificateEvent>('certificateEvents', CERTIFICATE_EVENTS, filter);
  }

  async *#stream<T>(field: string, query: string, variables: object): AsyncGenerator<T> {
    const response = await this.post('text/event-stream', query, variables);
    const eventIn = (text: string): T => eventOf<T>(field, JSON.parse(text) as EventAnswer<T>, response.status);
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts.filter((part) => part.startsWith('data: {'))) {
        yield eventIn(line.slice('data: '.length));
      }
    }
    // A refusal before the stream has begun is a plain JSON document.
    if (rest.startsWith('{')) {
      yield eventIn(rest);
    }
  }

  post(accept: string, query: string, variables: object): Promise<Response> {
    return fetch(this.url, {
      method: 'POST',
      headers: {
        accept,
        'content-type': 'application/json',
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
  }
}

interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly details?: Readonly<Record<string, unknown>> };
}

interface EventAnswer<T> {
  readonly data?: Readonly<Record<string, T>> | null;
  readonly errors?: readonly GraphqlError[];
}

function eventOf<T>(field: string, { data, errors }: EventAnswer<T>, status: number): T {
  if (!data) {
    const [error] = errors ?? [];
    const { code = '', details = {} } = error?.extensions ?? {};
    throw new ApiError({ status, code, message: error?.message ?? 'no data', details });
  }
  return data[field]!;
}

function mutationDocument(mutation: string, selection: string): string {
  const field = SCHEMA.getMutationType()!.getFields()[mutation];
  return `mutation ($input: ${String(field?.args[0]?.type)}) { ${mutation}(input: $input) { ${selection} } }`;
}
