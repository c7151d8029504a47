import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from '../shared/clock.js';
import { TypeormOperationStore } from './adapters/typeorm-operation-store.js';
import { CancelOperation } from './application/cancel-operation.js';
import { Dispatcher } from './application/dispatcher.js';
import { EndOperation } from './application/end-operation.js';
import { FieldWriters } from './application/field-writer.js';
import { FindOperations } from './application/find-operations.js';
import { OperationKinds } from './application/operation-kinds.js';
import { OperationStore } from './application/operation-store.js';
import { RequestOperation } from './application/request-operation.js';
import { RetryOperation } from './application/retry-operation.js';
import { Sweeper } from './application/sweeper.js';
import { WatchOperation } from './application/watch-operation.js';

const PARTS = [
  OperationKinds,
  FieldWriters,
  EndOperation,
  Dispatcher,
  RequestOperation,
  RetryOperation,
  CancelOperation,
  FindOperations,
  WatchOperation,
  Sweeper,
];

/** Operations of every kind. Needs OrderSender and OperationNewsBus from the queue. */
@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: OperationStore, useClass: TypeormOperationStore },
    ...PARTS,
  ],
  exports: [Clock, OperationStore, ...PARTS],
})
export class OperationsModule {}
