import { z } from 'zod';
import { ANSWER_PROBLEMS, DRIFT_BOUNDS, FILE_PROBLEMS } from '../operations/domain/drift.js';
import type { Order, Report } from '../operations/domain/order.js';
import { isErrorCode, type ErrorCode } from '../shared/error-catalogue.js';
import type { PlainObject } from '../shared/plain.js';

/** More than a runner ever sends, and no more than one transaction should bear. */
const MAX_EVENTS = 500;
const MAX_WARNINGS = 5_000;
const MAX_LOG_LENGTH = 8_000;
/** A CA may ask for a week. */
const MAX_RETRY_MS = 8 * 86_400_000;
export const MAX_HEARTBEAT_OPERATIONS = 5_000;

const id = z.uuid();
const plain = z.record(z.string(), z.json()) as unknown as z.ZodType<PlainObject>;
const subject = z.enum(['server', 'platform', 'site', 'certificate']);
const fieldUpdate = z.object({ subject, id, fields: plain });
const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string' && isErrorCode(value));
const retry = z.union([
  z.object({ policy: z.literal('NEVER') }),
  z.object({ policy: z.literal('LATER'), afterMs: z.number().int().min(0).max(MAX_RETRY_MS) }),
]);
const failure = z.object({
  code: errorCode,
  summary: z.string(),
  hint: z.string(),
  details: plain.optional(),
  retry,
  task: z.string().nullable(),
});

const count = z.number().int().min(0);
const drift = z.object({
  files: z
    .array(
      z.object({
        path: z.string().max(4_096),
        problems: z.array(z.enum(FILE_PROBLEMS)).min(1).max(FILE_PROBLEMS.length),
        message: z.string().max(1_000),
        diff: z
          .string()
          .max(2 * DRIFT_BOUNDS.diffBytesEach)
          .nullable(),
      }),
    )
    .max(DRIFT_BOUNDS.files),
  answers: z
    .array(z.object({ url: z.string().max(300), problem: z.enum(ANSWER_PROBLEMS), message: z.string().max(1_000) }))
    .max(DRIFT_BOUNDS.answers),
  omittedFiles: count,
  omittedAnswers: count,
  commands: z.array(z.array(z.string().max(1_000)).max(32)).max(8),
});

const numbered = { n: z.number().int().positive(), at: z.iso.datetime() };
const event = z.discriminatedUnion('type', [
  z.object({ ...numbered, type: z.literal('started') }),
  z.object({
    ...numbered,
    type: z.literal('log'),
    task: z.string().nullable(),
    level: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']),
    message: z.string().max(MAX_LOG_LENGTH),
  }),
  z.object({ ...numbered, type: z.literal('task-started'), position: z.number().int() }),
  z.object({
    ...numbered,
    type: z.literal('task-finished'),
    position: z.number().int(),
    status: z.enum(['SUCCESS', 'NOTHING_TO_DO', 'ERROR']),
    fields: z.array(fieldUpdate),
    warnings: z.array(failure).max(MAX_WARNINGS),
    drift: drift.optional(),
  }),
  z.object({
    ...numbered,
    type: z.literal('task-undone'),
    position: z.number().int(),
    undone: z.boolean(),
    fields: z.array(fieldUpdate),
  }),
  z.object({
    ...numbered,
    type: z.literal('finished'),
    state: z.enum(['SUCCEEDED', 'SUCCEEDED_WITH_WARNINGS', 'FAILED', 'CANCELLED', 'TIMED_OUT']),
    failure: failure.nullable(),
    fields: z.array(fieldUpdate),
  }),
]);

const operationProgress = z.object({
  operationId: id,
  attempt: z.number().int(),
  events: z.array(event).max(MAX_EVENTS),
});
type OperationProgress = z.infer<typeof operationProgress>;

const eventsIn = (operations: readonly OperationProgress[]): number =>
  operations.reduce((sum, { events }) => sum + events.length, 0);

const eachOnce = (operations: readonly OperationProgress[]): boolean =>
  new Set(operations.map(({ operationId }) => operationId)).size === operations.length;

const report = z.discriminatedUnion('type', [
  z
    .object({ type: z.literal('progress'), operations: z.array(operationProgress).min(1).max(MAX_EVENTS) })
    .refine(({ operations }) => eventsIn(operations) <= MAX_EVENTS, `There are more than ${MAX_EVENTS} events.`)
    .refine(({ operations }) => eachOnce(operations), 'An operation is there twice.'),
  z.object({
    type: z.literal('heartbeat'),
    operations: z.array(z.object({ id, attempt: z.number().int() })).max(MAX_HEARTBEAT_OPERATIONS),
  }),
]);

const plannedTask = z.object({
  name: z.string(),
  input: plain,
  batchKey: z.string().optional(),
  tolerated: z.boolean().optional(),
  sets: z.array(fieldUpdate).optional(),
});

const order = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    operationId: id,
    kind: z.string(),
    attempt: z.number().int().positive(),
    planId: id,
    timeoutMs: z.number().int().positive(),
    tasks: z.array(plannedTask),
    sealed: z.record(z.string(), z.string()).optional(),
    onFailure: z.array(fieldUpdate),
    relayedThrough: z.number().int().min(0),
  }),
  z.object({ type: z.literal('cancel'), operationId: id }),
]);

/** @throws z.ZodError when the opened message is not of this shape: a defect or another version at the other end. */
export const parseReport = (body: unknown): Report => report.parse(body) as Report;
export const parseOrder = (body: unknown): Order => order.parse(body) as Order;
