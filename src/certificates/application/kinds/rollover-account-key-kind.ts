import { Injectable } from '@nestjs/common';
import { outputOf, type Operation, type OperationKind, type OperationPlan } from '../../../operations/index.js';
import { ACCOUNT_TASK, AccountOperations, accountTask, type ProviderAtServer } from '../account-operations.js';

/** `server.rollover-account-key`: the key that is found first is the one that goes, so that a task that is repeated does it once. */
@Injectable()
export class RolloverAccountKeyKind implements OperationKind<ProviderAtServer> {
  readonly name = 'server.rollover-account-key';
  readonly tasks = [ACCOUNT_TASK];
  readonly timeoutMs = 120_000;

  constructor(private readonly accounts: AccountOperations) {}

  load(operation: Operation): Promise<ProviderAtServer> {
    return this.accounts.load(operation);
  }

  plan(state: ProviderAtServer): OperationPlan {
    const rollOver = { kind: 'ROLL_KEY', fromThumbprint: outputOf(ACCOUNT_TASK, 'thumbprint') };
    const writes = [{ type: 'server', id: state.server.id } as const];
    return { writes, tasks: [accountTask(state, { kind: 'REGISTER' }), accountTask(state, rollOver)] };
  }
}
