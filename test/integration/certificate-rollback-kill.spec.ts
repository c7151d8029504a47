import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import type { AnyTask } from '../../workers/define-task.js';
import csrTask from '../../workers/tasks/certificate-csr.js';
import rollbackTask from '../../workers/tasks/certificate-rollback.js';
import storeTask from '../../workers/tasks/certificate-store.js';
import { issue, type Issued } from '../support/certificate-authority.js';
import { performTask, undoTask } from '../support/run-task.js';
import { treeSnapshot } from '../support/tree-snapshot.js';

const { mortalFiles, onFullDisk, survives } = await vi.hoisted(() => import('../support/mortal-files.js'));
vi.mock('node:fs/promises', mortalFiles);

const NAMES = ['example.org'];
let root: string;
let place: PlainObject;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-rollback-kill-'));
  place = { certificateId: newId(), tlsDirectory: join(root, 'tls'), stagingDirectory: join(root, 'staging') };
});
afterEach(() => rm(root, { recursive: true, force: true }));

const perform = (task: AnyTask, more: PlainObject, operationId: string): Promise<TaskSuccess> =>
  performTask(task, { ...place, ...more }, { operationId });

const takeBack = (task: AnyTask, more: PlainObject, operationId: string, undo: TaskSuccess['undo']): Promise<void> =>
  undoTask(task, { ...place, ...more }, undo, { operationId });

/** Two generations of one key, the second in force. */
async function uploadTwice(): Promise<void> {
  const ca = await issue('CA', undefined, { ca: true });
  const first = await issue('a', ca, { names: NAMES });
  const second = await issue('b', ca, { names: NAMES, keys: first.keys });
  const store = ({ pem }: Issued): Promise<TaskSuccess> =>
    perform(storeTask, { certificatePem: pem, chainPem: ca.pem, privateKey: first.keyPem, names: NAMES }, newId());
  await store(first);
  await store(second);
}

/** The store without what a rollback remembers. */
async function snapshot(): Promise<Record<string, string>> {
  const tree = await treeSnapshot(join(root, 'tls'));
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.endsWith('.rollback')));
}

const lives = (tree: Record<string, string>): readonly string[] =>
  Object.entries(tree).flatMap(([path, content]) => (path.endsWith('/live') ? [content] : []));

describe('a rollback', () => {
  const back = (operationId: string) => perform(rollbackTask, { names: NAMES }, operationId);

  it('killed at each file operation goes back once, and forward when it is undone', async () => {
    await uploadTwice();
    const before = await snapshot();
    let operations = 1;
    for (let survived = false; !survived; operations += 1) {
      const operationId = newId();
      survived = await survives(operations, () => back(operationId));
      expect({ operations, lives: lives(await snapshot()).length }).toEqual({ operations, lives: 1 });
      const resumed = await back(operationId);
      expect({ operations, lives: lives(await snapshot()) }).toEqual({ operations, lives: ['gen-1'] });
      await survives(operations, () => takeBack(rollbackTask, { names: NAMES }, operationId, resumed.undo));
      await takeBack(rollbackTask, { names: NAMES }, operationId, resumed.undo);
      expect({ operations, tree: await snapshot() }).toEqual({ operations, tree: before });
      expect(await readdir(join(root, 'staging'))).toEqual([]);
    }
    expect(operations).toBeGreaterThan(8);
  });

  it('on a full disk is DISK_FULL, and leaves in force what was', async () => {
    await uploadTwice();
    const before = await snapshot();
    let operations = 1;
    for (let code: string | undefined = 'DISK_FULL'; code !== undefined; operations += 1) {
      const operationId = newId();
      code = await onFullDisk(operations, () => back(operationId));
      expect(['DISK_FULL', undefined]).toContain(code);
      const resumed = await back(operationId);
      await takeBack(rollbackTask, { names: NAMES }, operationId, resumed.undo);
      expect({ operations, tree: await snapshot() }).toEqual({ operations, tree: before });
    }
    expect(operations).toBeGreaterThan(5);
  });
});

describe('a request', () => {
  const wish = { names: NAMES, keyType: 'EC_P256', subject: {} };
  const requests = (): Promise<readonly string[]> =>
    readdir(join(root, 'tls/requests'), { recursive: true }).catch(() => []);

  it('killed at each file operation is whole or not there, and then the same however often it is asked for', async () => {
    let operations = 1;
    for (let survived = false; !survived; operations += 1) {
      const operationId = newId();
      survived = await survives(operations, () => perform(csrTask, wish, operationId));
      expect([0, 4]).toContain((await requests()).length);
      const resumed = await perform(csrTask, wish, operationId);
      expect((await perform(csrTask, wish, newId())).fields).toEqual(resumed.fields);
      expect([(await requests()).length, await readdir(join(root, 'staging'))]).toEqual([4, []]);
      await survives(operations, () => takeBack(csrTask, wish, operationId, resumed.undo));
      await takeBack(csrTask, wish, operationId, resumed.undo);
      expect([await requests(), await readdir(join(root, 'staging'))]).toEqual([[], []]);
    }
    expect(operations).toBeGreaterThan(10);
  });
});
