import {
  Args,
  Context,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  Allow,
  CurrentActor,
  MAX_PAGE_SIZE,
  readPage,
  requestLoader,
  toConnection,
  type GraphqlContext,
  withoutNulls,
} from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { CancelOperation } from '../application/cancel-operation.js';
import { isDryRun } from '../application/dry-run.js';
import { FindOperations } from '../application/find-operations.js';
import { OperationStore } from '../application/operation-store.js';
import { RetryOperation } from '../application/retry-operation.js';
import { WatchOperation } from '../application/watch-operation.js';
import { joinDrifts, type Drift } from '../domain/drift.js';
import { hasEnded, hasSucceeded } from '../domain/operation-state.js';
import type { Operation, OperationEvent, OperationFailure, OperationTask } from '../domain/operation.js';
import type { LogLevel } from '../domain/task.js';
import { OperationDriftType } from './operation-drift.type.js';
import { OperationListArgs } from './operation-list.args.js';
import {
  FailureType,
  LogLineType,
  OperationConnection,
  OperationEventObject,
  OperationTaskType,
  OperationType,
} from './operation.type.js';

@InputType()
export class OperationInput {
  @Field(() => ID)
  readonly operationId: string;
}

@ObjectType()
export class OperationPayload {
  @Field(() => OperationType)
  readonly operation: OperationType;
}

@Resolver(() => OperationType)
export class OperationResolver {
  constructor(
    private readonly find: FindOperations,
    private readonly store: OperationStore,
    private readonly retry: RetryOperation,
    private readonly cancel: CancelOperation,
    private readonly watch: WatchOperation,
  ) {}

  @Allow('operation:read')
  @Query(() => OperationType, { nullable: true })
  operation(@Args('id', { type: () => ID }) id: string, @CurrentActor() actor: Actor): Promise<OperationType | null> {
    return this.find.one(id, actor);
  }

  @Allow('operation:read')
  @Query(() => OperationConnection, { description: 'In order of request; `last: 20` are the newest.' })
  async operations(
    @Args() { subjectId, state, clientId, ...range }: OperationListArgs,
    @CurrentActor() actor: Actor,
  ): Promise<OperationConnection> {
    const page = readPage(range);
    const filter = withoutNulls({ subjectId, state, clientId });
    return toConnection(await this.find.page(filter, page, actor), page, () => this.find.count(filter, actor));
  }

  @Allow('operation:retry')
  @Mutation(() => OperationPayload, {
    description: 'Does the work of a failed, timed-out or cancelled operation again.',
  })
  async retryOperation(@Args('input') input: OperationInput, @CurrentActor() actor: Actor): Promise<OperationPayload> {
    return { operation: await this.retry.execute(input.operationId, actor) };
  }

  @Allow('operation:cancel')
  @Mutation(() => OperationPayload, { description: 'At once while queued; co-operatively, with undo, while running.' })
  async cancelOperation(@Args('input') input: OperationInput, @CurrentActor() actor: Actor): Promise<OperationPayload> {
    return { operation: await this.cancel.execute(input.operationId, actor) };
  }

  @Allow('operation:read')
  @Subscription(() => OperationEventObject, {
    description: 'The history from after a position, then live, until the operation has ended.',
    resolve: (event: OperationEvent) => event,
  })
  async operationEvents(
    @Args('operationId', { type: () => ID }) operationId: string,
    @Args('after', { type: () => Int, defaultValue: 0 }) after: number,
    @CurrentActor() actor: Actor,
    @Context() { signal }: GraphqlContext,
  ): Promise<AsyncIterable<OperationEventObject>> {
    const operation = await this.find.must(operationId, actor);
    return this.watch.events(operation.id, after, signal);
  }

  @ResolveField(() => Boolean, {
    nullable: true,
    complexity: 1,
    description: 'False: every task found all as it should be, nothing was touched. Null until it has ended.',
  })
  async changed(@Parent() operation: Operation, @Context() context: GraphqlContext): Promise<boolean | null> {
    const tasks = await this.tasks(operation, context);
    return hasEnded(operation.state) ? tasks.some(({ state }) => state === 'SUCCESS' || state === 'UNDO_FAILED') : null;
  }

  @ResolveField(() => [OperationTaskType], { complexity: 1 })
  async tasks(@Parent() operation: Operation, @Context() context: GraphqlContext): Promise<readonly OperationTask[]> {
    const loader = requestLoader(context, 'operation.tasks', (ids: readonly string[]) => this.#tasksOf(ids));
    return (await loader.load(operation.id)) ?? [];
  }

  @ResolveField(() => Boolean, { description: 'It looks only: nothing is changed, and no field is written.' })
  dryRun(@Parent() operation: Operation): boolean {
    return isDryRun(operation);
  }

  @ResolveField(() => OperationDriftType, {
    nullable: true,
    complexity: 1,
    description:
      'What a dry run found to differ from what should be. Null for other operations, and until it has succeeded.',
  })
  async drift(@Parent() operation: Operation, @Context() context: GraphqlContext): Promise<Drift | null> {
    if (!isDryRun(operation) || !hasSucceeded(operation.state)) {
      return null;
    }
    const load = (ids: readonly string[]) => this.store.driftsOf(ids);
    return joinDrifts((await requestLoader(context, 'operation.drift', load).load(operation.id)) ?? []);
  }

  @ResolveField(() => [LogLineType], {
    complexity: 1,
    description: `Log lines from after a position, oldest first; at most ${MAX_PAGE_SIZE} at a time.`,
  })
  async log(
    @Parent() operation: Operation,
    @Args('after', { type: () => Int, defaultValue: 0 }) after: number,
    @Args('first', { type: () => Int, defaultValue: MAX_PAGE_SIZE }) first: number,
    @Context() context: GraphqlContext,
  ): Promise<readonly LogLineType[]> {
    const limit = Math.min(Math.max(first, 1), MAX_PAGE_SIZE);
    const load = (ids: readonly string[]) => this.store.logLines(ids, after, limit);
    const events = await requestLoader(context, `operation.log ${after} ${limit}`, load).load(operation.id);
    return (events ?? []).map(({ position, at, status, task, message }) => ({
      position,
      at,
      level: status as LogLevel,
      task,
      message: message ?? '',
    }));
  }

  @ResolveField(() => [OperationType], {
    complexity: 1,
    description: 'What it waits for, the oldest first; at most 10.',
  })
  async blockedBy(
    @Parent() operation: Operation,
    @CurrentActor() actor: Actor,
    @Context() context: GraphqlContext,
  ): Promise<readonly Operation[]> {
    if (operation.state !== 'QUEUED') {
      return [];
    }
    const load = (ids: readonly string[]) => this.store.blockersOf(ids, 10);
    const blockers = await requestLoader(context, 'operation.blockers', load).load(operation.id);
    return this.find.visible(blockers ?? [], actor);
  }

  @ResolveField(() => Int, {
    nullable: true,
    complexity: 1,
    description: '0: next. Null once it has left the queue.',
  })
  async queuePosition(@Parent() operation: Operation, @Context() context: GraphqlContext): Promise<number | null> {
    if (operation.state !== 'QUEUED') {
      return null;
    }
    const load = (ids: readonly string[]) => this.store.countBlockersOf(ids);
    return (await requestLoader(context, 'operation.queuePosition', load).load(operation.id)) ?? 0;
  }

  @ResolveField(() => FailureType, { nullable: true })
  failure(@Parent() { failure }: Operation): FailureType | null {
    return failure && withRetryable(failure);
  }

  @ResolveField(() => [FailureType])
  warnings(@Parent() { warnings }: Operation): readonly FailureType[] {
    return warnings.map(withRetryable);
  }

  async #tasksOf(ids: readonly string[]): Promise<ReadonlyMap<string, OperationTask[]>> {
    const grouped = new Map<string, OperationTask[]>();
    for (const task of await this.store.tasks(ids)) {
      grouped.set(task.operationId, [...(grouped.get(task.operationId) ?? []), task]);
    }
    return grouped;
  }
}

const withRetryable = (failure: OperationFailure): FailureType => ({
  ...failure,
  retryable: failure.retry.policy === 'LATER',
});
