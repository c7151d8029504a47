import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { newId } from '../../shared/ids.js';
import type { PlainObject } from '../../shared/plain.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { Lock } from '../domain/lock.js';
import type { Operation, SubjectRef } from '../domain/operation.js';
import type { SealedSecrets } from '../domain/sealed-secrets.js';
import { Dispatcher } from './dispatcher.js';
import { OperationKinds } from './operation-kinds.js';
import { OperationStore } from './operation-store.js';

export interface OperationRequest {
  readonly kind: string;
  readonly subject: SubjectRef & { readonly label: string };
  readonly clientId: string | null;
  readonly serverId: string;
  readonly locks: readonly Lock[];
  readonly input?: PlainObject;
  readonly sealed?: SealedSecrets;
  readonly retryOf?: string;
}

/**
 * Records that work is wanted, in the caller's unit of work: the operation is committed with the change that caused
 * it, or not at all. It is dispatched after the commit, or by the sweeper when the process dies in between.
 */
@Injectable()
export class RequestOperation {
  constructor(
    private readonly store: OperationStore,
    private readonly kinds: OperationKinds,
    private readonly dispatcher: Dispatcher,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute(request: OperationRequest, actor: Actor): Promise<Operation> {
    this.kinds.get(request.kind);
    const operation = await this.store.insert({
      id: newId(),
      kind: request.kind,
      subjectType: request.subject.type,
      subjectId: request.subject.id,
      subjectLabel: request.subject.label,
      clientId: request.clientId,
      serverId: request.serverId,
      state: 'QUEUED',
      attempt: 0,
      planId: null,
      input: request.input ?? {},
      sealed: request.sealed ?? null,
      locks: request.locks,
      writes: [],
      onFailure: [],
      failure: null,
      warnings: [],
      cancelRequestedAt: null,
      retryOf: request.retryOf ?? null,
      requestedBy: actor.label,
      createdAt: this.clock.now(),
      notBefore: null,
      dispatchedAt: null,
      startedAt: null,
      finishedAt: null,
      leaseUntil: null,
      relayedThrough: 0,
    });
    this.unitOfWork.afterCommit(() => this.dispatcher.nudge([operation.id]));
    return operation;
  }
}
