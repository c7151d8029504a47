import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { ACCOUNT_TASK, AccountOperations, accountTask, type ProviderAtServer } from '../account-operations.js';

/** `server.test-provider`: the server registers its account at the CA, or finds it there. */
@Injectable()
export class TestProviderKind implements OperationKind<ProviderAtServer> {
  readonly name = 'server.test-provider';
  readonly tasks = [ACCOUNT_TASK];
  readonly timeoutMs = 120_000;

  constructor(private readonly accounts: AccountOperations) {}

  load(operation: Operation): Promise<ProviderAtServer> {
    return this.accounts.load(operation);
  }

  plan(state: ProviderAtServer): OperationPlan {
    return { writes: [], tasks: [accountTask(state, { kind: 'REGISTER' })] };
  }
}
