import { z } from 'zod';
import type { AcmeAccountWish } from '../../src/certificates/domain/acme/acme-account.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { readAccount, type AcmeAccount } from '../../workers/acme/account-store.js';
import accountTask from '../../workers/tasks/server-acme-account.js';
import type { AcmeLab } from './acme-lab.js';
import { runTask } from './run-task.js';

/** The one that the accounts are of. */
export const SERVER = newId();

/** As an ordinary provider has it. */
export const accountOf = (lab: AcmeLab, changes: Partial<AcmeAccountWish> = {}): AcmeAccountWish => ({
  ...lab.request().account,
  ...changes,
});

/** One thing done to an account, as the pool does it. */
export function act(lab: AcmeLab, action: object, account: AcmeAccountWish = accountOf(lab)): Promise<TaskResult> {
  const input = { serverId: SERVER, acmeDirectory: lab.root, ca: lab.pebble.ca, account, action };
  return runTask(accountTask, input as unknown as PlainObject);
}

/** Of a failure: what is wrong. */
export const output = (result: TaskResult): PlainObject =>
  result.status === 'ERROR' ? { ...result.failure } : (result.output ?? {});

export const thumbprintOf = (result: TaskResult): string => z.string().parse(output(result)['thumbprint']);

/** As it lies on the disk. */
export const serverAccount = (lab: AcmeLab, name = 'default'): Promise<AcmeAccount | undefined> =>
  readAccount(lab.paths, lab.pebble.ca.directoryUrl, name);
