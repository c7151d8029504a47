import {
  createSourceEventStream,
  execute,
  GraphQLError,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { DomainError } from '../../shared/domain-error.js';
import { refuseDocument, translateError, type ReportDefect } from '../error-translation.js';
import type { GraphqlContext } from '../graphql-context.js';
import { aliasLimit } from '../limits/alias-limit.js';
import { costExceeded, costOf } from '../limits/cost-limit.js';
import { depthLimit } from '../limits/depth-limit.js';
import { operationsOf } from '../limits/fragments.js';
import type { GraphqlLimits } from '../limits/limits.js';
import { rootFieldLimit } from '../limits/root-field-limit.js';
import { authorise, unauthenticated } from '../permissions/authorise.js';
import { checkVariables } from './check-variables.js';
import { DocumentCache } from './document-cache.js';
import { eventStream } from './event-stream.js';
import { asksForSchema, isOpenToAll } from './open-to-all.js';
import { parseDocument } from './parse-document.js';
import { stopWhenLeft } from './stop-when-left.js';

const CACHED_CHARACTERS = 1024 * 1024;
const MAX_VALIDATION_ERRORS = 20;

export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What is ready to run; `contextValue` is the GraphqlContext it was prepared with. */
export interface PreparedOperation extends ExecutionArgs {
  readonly contextValue: GraphqlContext;
  readonly operation: OperationDefinitionNode;
}

export interface EngineOptions {
  readonly schema: GraphQLSchema;
  readonly limits: GraphqlLimits;
  /** Whether callers without a token may read the schema. */
  readonly openIntrospection: boolean;
  readonly report: ReportDefect;
}

/** Everything between a transport and the resolvers, the same for every transport. Errors come out translated. */
export class GraphqlEngine {
  readonly #documents = new DocumentCache(CACHED_CHARACTERS);
  readonly #limitRules;

  constructor(private readonly options: EngineOptions) {
    const { depth, aliases, rootFields } = options.limits;
    stopWhenLeft(options.schema);
    this.#limitRules = [depthLimit(depth), aliasLimit(aliases), rootFieldLimit(rootFields)];
  }

  /** What can be run, or why not. Nothing has been resolved yet. Never throws. */
  prepare(request: OperationRequest, context: GraphqlContext): PreparedOperation | readonly GraphQLError[] {
    try {
      const document = this.validDocument(request.query, context);
      const operation = chosenOperation(document, request.operationName);
      const variables = request.variables ?? {};
      const errors = this.refusals(document, operation, variables);
      if (errors.length > 0) {
        return errors.map((error) => this.translate(error, context));
      }
      return {
        schema: this.options.schema,
        document,
        operation,
        operationName: operation.name?.value,
        variableValues: variables,
        contextValue: context,
      };
    } catch (error) {
      const errors: unknown[] = error instanceof Refused ? [...error.errors] : [error];
      return errors.map((each) => this.translate(each, context));
    }
  }

  async execute(prepared: PreparedOperation): Promise<ExecutionResult> {
    return this.translated(await execute(prepared), prepared.contextValue);
  }

  /**
   * Runs a subscription. Its context gets a signal of its own, aborted when the subscription ends for any reason;
   * `ended` is called then, also when it never began.
   */
  async subscribe(
    prepared: PreparedOperation,
    ended: () => void = () => undefined,
  ): Promise<AsyncGenerator<ExecutionResult, undefined> | ExecutionResult> {
    const ending = new AbortController();
    ending.signal.addEventListener('abort', ended, { once: true });
    const context: GraphqlContext = { ...prepared.contextValue, signal: ending.signal };
    const source = await createSourceEventStream({ ...prepared, contextValue: context });
    if (!(Symbol.asyncIterator in source)) {
      const result = this.translated(source, context);
      ending.abort();
      return result;
    }
    return eventStream({
      source,
      execute: async (event) =>
        this.execute({ ...prepared, rootValue: event, contextValue: { ...context, loaders: new Map() } }),
      failed: (error) => ({ errors: [this.translate(error, context)] }),
      ended: () => ending.abort(),
    });
  }

  translate(error: unknown, { correlationId }: Pick<GraphqlContext, 'correlationId'>): GraphQLError {
    return translateError(error, correlationId, this.options.report);
  }

  private validDocument(text: string, context: GraphqlContext): DocumentNode {
    const cached = this.#documents.get(text);
    const document = cached ?? parseDocument(text, this.options.limits);
    this.admit(document, context);
    if (!cached) {
      this.validate(document, context);
      this.#documents.set(text, document);
    }
    return document;
  }

  private admit(document: DocumentNode, { actor }: GraphqlContext): void {
    const { openIntrospection } = this.options;
    if (actor === null && !isOpenToAll(document, openIntrospection)) {
      throw unauthenticated();
    }
    if (!openIntrospection && asksForSchema(document)) {
      authorise(actor, 'schema:read');
    }
  }

  /** Limits first: they are linear, and what is over a limit never reaches the rules that are not. */
  private validate(document: DocumentNode, { actor }: GraphqlContext): void {
    const { schema } = this.options;
    for (const rules of [this.#limitRules, specifiedRules]) {
      const options = { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: actor === null };
      const errors = validate(schema, document, rules, options);
      if (errors.length > 0) {
        throw new Refused(errors.map((error) => refuseDocument('GRAPHQL_VALIDATION_FAILED', error)));
      }
    }
  }

  private refusals(document: DocumentNode, operation: OperationDefinitionNode, variables: Record<string, unknown>) {
    const { schema, limits } = this.options;
    const costly = costExceeded(limits.cost, costOf(schema, document, operation, variables));
    return costly ? [costly] : checkVariables(schema, operation, variables);
  }

  private translated(result: ExecutionResult, context: GraphqlContext): ExecutionResult {
    if (!result.errors) {
      return result;
    }
    // That a caller left is nobody's error, least of all one for the log.
    const { aborted, reason } = context.signal;
    const errors = result.errors.filter(({ originalError }) => !aborted || originalError !== reason);
    return { ...result, errors: errors.map((error) => this.translate(error, context)) };
  }
}

/** Several errors at once, on their way out of `prepare`. */
class Refused extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super();
  }
}

function chosenOperation(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operations = operationsOf(document);
  const chosen = name ? operations.filter((operation) => operation.name?.value === name) : operations;
  const [operation] = chosen;
  if (!operation || chosen.length > 1) {
    const names = operations.map((each) => each.name?.value ?? '').join(', ');
    throw new DomainError(
      'INPUT_INVALID',
      `"operationName" must name one of the operations of the document: ${names}.`,
      {
        details: { field: 'operationName' },
      },
    );
  }
  return operation;
}
