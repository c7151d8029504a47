interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string }[];
}

export interface OperationEvent {
  readonly type: string;
  readonly status: string;
  readonly at: string;
  readonly message: string | null;
}

export interface OperationSummary {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly failure: { readonly code: string; readonly summary: string } | null;
  readonly tasks: readonly { readonly name: string; readonly state: string; readonly startedAt: string | null }[];
  readonly log: readonly { readonly message: string }[];
}

const OPEN_STATES = ['QUEUED', 'DISPATCHED', 'RUNNING'] as const;
const LOOK_EVERY_MS = 100;

/** The GraphQL API, called as everybody calls it. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const response = await this.#post('application/json', query, variables);
    const { data, errors } = (await response.json()) as Answer<T>;
    if (!data || errors) {
      throw new Error(`${query.slice(0, 80)}: ${errors?.[0]?.message ?? 'no data'}`);
    }
    return data;
  }

  /** Calls a mutation that starts an operation; resolves with its id as soon as the API has answered. */
  async start(mutation: string, input: object): Promise<{ readonly operationId: string; readonly subjectId: string }> {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
    const answer = await this.ask<Record<string, { operation: { id: string; subjectId: string } }>>(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { operation { id subjectId } } }`,
      { input },
    );
    const { operation } = answer[mutation]!;
    return { operationId: operation.id, subjectId: operation.subjectId };
  }

  /** The same, and waits for the end by a subscription (SSE). @throws Error when it did not succeed */
  async perform(mutation: string, input: object): Promise<string> {
    const { operationId, subjectId } = await this.start(mutation, input);
    const query = `subscription ($id: ID!) { operationEvents(operationId: $id) { type status at message } }`;
    const response = await this.#post('text/event-stream', query, { id: operationId });
    const events = (await response.text())
      .split('\n')
      .flatMap((line) =>
        line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as Answer<{ operationEvents: OperationEvent }>] : [],
      );
    const last = events.findLast(({ data }) => data?.operationEvents.type === 'STATE')?.data?.operationEvents;
    if (last?.status !== 'SUCCEEDED') {
      throw new Error(`${mutation} ${operationId} ended ${last?.status ?? 'without a word'}: ${last?.message ?? ''}`);
    }
    return subjectId;
  }

  /** Resolves when no operation is queued or under way. */
  async idle(): Promise<void> {
    const counts = OPEN_STATES.map((state) => `${state}: operations(state: ${state}, first: 1) { nodes { id } }`).join(
      ' ',
    );
    for (;;) {
      const open = await this.ask<Record<string, { nodes: readonly unknown[] }>>(`{ ${counts} }`);
      if (Object.values(open).every(({ nodes }) => nodes.length === 0)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** The newest operations, oldest first. @throws Error when one of them has not succeeded */
  async newest(count: number): Promise<readonly OperationSummary[]> {
    const found: OperationSummary[] = [];
    for (let before: string | null = null; found.length < count;) {
      const { operations }: Page = await this.ask<Page>(PAGE, {
        last: Math.min(PAGE_SIZE, count - found.length),
        before,
      });
      found.unshift(...operations.nodes);
      before = operations.pageInfo.startCursor;
    }
    const wrong = found.find(({ state }) => state !== 'SUCCEEDED');
    if (wrong) {
      throw new Error(`${wrong.kind} ${wrong.id} is ${wrong.state}: ${wrong.failure?.summary ?? ''}`);
    }
    return found;
  }

  #post(accept: string, query: string, variables: object): Promise<Response> {
    return fetch(this.url, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query, variables }),
    });
  }
}

interface Page {
  readonly operations: {
    readonly nodes: readonly OperationSummary[];
    readonly pageInfo: { readonly startCursor: string | null };
  };
}

/** The API limits the objects of an answer; an operation has up to a hundred log lines and tasks. */
const PAGE_SIZE = 50;

const PAGE = `query ($last: Int!, $before: String) { operations(last: $last, before: $before) {
  nodes { id kind state createdAt finishedAt failure { code summary } tasks { name state startedAt } log { message } }
  pageInfo { startCursor } } }`;

/** Runs `work` on each item, so many at a time, in order. */
export async function inLanes<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
