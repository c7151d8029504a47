import type { RunnerEvent } from './runner-event.js';
import type { FieldUpdate, PlannedTask } from './task.js';

/** What the control plane tells a runner. It carries everything the work needs: a runner looks nothing up. */
export type Order = RunOrder | CancelOrder;

export interface RunOrder {
  readonly type: 'run';
  readonly operationId: string;
  readonly kind: string;
  readonly attempt: number;
  readonly planId: string;
  readonly timeoutMs: number;
  readonly tasks: readonly PlannedTask[];
  /** JWE to this server, by name; tasks refer to them (`sealedSecret`). */
  readonly sealed?: { readonly [name: string]: string };
  /** What holds again when the operation did not succeed and its tasks were undone. */
  readonly onFailure: readonly FieldUpdate[];
  /** Number of the last runner event that the control plane has; the runner goes on from the next one. */
  readonly relayedThrough: number;
}

export interface CancelOrder {
  readonly type: 'cancel';
  readonly operationId: string;
}

/** What a runner tells the control plane. */
export type Report = ProgressReport | HeartbeatReport;

/** News of any number of operations, each once. */
export interface ProgressReport {
  readonly type: 'progress';
  readonly operations: readonly OperationProgress[];
}

export interface OperationProgress {
  readonly operationId: string;
  readonly attempt: number;
  readonly events: readonly RunnerEvent[];
}

/** Sent every 10 s for everything that a runner has accepted and not finished. */
export interface HeartbeatReport {
  readonly type: 'heartbeat';
  readonly operations: readonly { readonly id: string; readonly attempt: number }[];
}
