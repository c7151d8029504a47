import Bull from 'bull';
import type { PlannedTask, TaskResult } from '../../src/operations/domain/task.js';
import { BullMessageQueue } from '../../src/queue/bull-message-queue.js';
import { ENCRYPTION_ALGORITHM, SIGNING_ALGORITHM, importKey } from '../../src/queue/key-files.js';
import { runnerUser } from '../../src/queue/redis-acl.js';
import { RedisConnections } from '../../src/queue/redis-connections.js';
import type { RunnerIdentity } from '../../src/runner/identity.js';
import { ReportSender } from '../../src/runner/report-sender.js';
import { Runner } from '../../src/runner/runner.js';
import type { TaskCallContext, TaskRunner } from '../../src/runner/task-runner.js';
import type { Secret } from '../../src/shared/secret.js';
import type { TestControlPlane } from './control-plane.js';

const NEVER_MS = 2_000_000_000;

export type TaskBehaviour = (context: TaskCallContext) => TaskResult | Promise<TaskResult>;

/** Tasks by name (`a`, `undo a`), shared by the runners that come one after another. */
export class ScriptedTasks implements TaskRunner {
  readonly asked: string[] = [];
  readonly behaviours = new Map<string, TaskBehaviour>();

  run(task: PlannedTask, context: TaskCallContext): Promise<TaskResult> {
    return this.#call(task.name, context);
  }

  undo(task: PlannedTask, _undo: unknown, context: TaskCallContext): Promise<TaskResult> {
    return this.#call(`undo ${task.name}`, context);
  }

  async #call(call: string, context: TaskCallContext): Promise<TaskResult> {
    this.asked.push(call);
    return (this.behaviours.get(call) ?? (() => ({ status: 'SUCCESS', undo: { of: call } })))(context);
  }
}

/** One process of a runner, logged in to Redis as its own user. */
export class TestRunner {
  #killed = false;

  private constructor(
    readonly reports: ReportSender,
    private readonly runner: Runner,
    private readonly queue: BullMessageQueue,
    private readonly connections: RedisConnections,
  ) {}

  static async start(
    plane: TestControlPlane,
    identity: RunnerIdentity,
    redisUrl: Secret,
    journalDirectory: string,
    tasks: TaskRunner,
    heartbeatMs = NEVER_MS,
  ): Promise<TestRunner> {
    plane.runners.register(identity.serverId, identity.publicKeys);
    await plane.access.grant(identity.serverId, identity.queuePasswordSha256);
    const credentials = { username: runnerUser(identity.serverId), password: identity.queuePassword.reveal() };
    const connections = new RedisConnections(redisUrl, credentials);
    await connections.ready();
    const queue = new BullMessageQueue((name) => new Bull(name, connections.bullOptions()), connections.client);
    const { signing, encryption } = plane.keys.publicKeys;
    const reports = new ReportSender(queue, identity, await importKey(encryption, ENCRYPTION_ALGORITHM));
    const runner = new Runner(queue, identity, await importKey(signing, SIGNING_ALGORITHM), reports, tasks, {
      journalDirectory,
      concurrency: 8,
      heartbeatMs,
    });
    await runner.start();
    return new TestRunner(reports, runner, queue, connections);
  }

  /** As `kill -9`: it says nothing more. A task at work must be one that never ends. */
  kill(): void {
    this.#killed = true;
    this.connections.close();
  }

  async stop(): Promise<void> {
    if (!this.#killed) {
      await this.runner.stop();
      await this.queue.close();
      this.connections.close();
    }
  }
}
