import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkMaterial } from '../../src/certificates/domain/check-material.js';
import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import selfSignTask from '../../workers/tasks/certificate-self-sign.js';
import { findStored } from '../../workers/tls/stored-generation.js';
import { TlsStore } from '../../workers/tls/tls-store.js';
import { performTask, undoTask } from '../support/run-task.js';
import { treeSnapshot } from '../support/tree-snapshot.js';

const { mortalFiles, onFullDisk, survives } = await vi.hoisted(() => import('../support/mortal-files.js'));
vi.mock('node:fs/promises', mortalFiles);

let root: string;
let input: PlainObject;
const tls = (): string => join(root, 'tls');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-kill-'));
  input = {
    certificateId: newId(),
    tlsDirectory: join(root, 'tls'),
    stagingDirectory: join(root, 'staging'),
    names: ['example.org'],
    keyType: 'EC_P256',
  };
});

afterEach(() => rm(root, { recursive: true, force: true }));

const selfSign = (changes: PlainObject, operationId: string): Promise<TaskSuccess> =>
  performTask(selfSignTask, { ...input, ...changes }, { operationId });
const undo = (result: TaskSuccess): Promise<void> => undoTask(selfSignTask, input, result.undo);

const snapshot = (): Promise<Record<string, string>> => treeSnapshot(tls());

/** What a server that starts at this moment would find wrong behind any `live`. */
async function misfits(): Promise<unknown[]> {
  const found: unknown[] = [];
  // A process that was killed at once may not have made the store yet.
  const names = await readdir(tls()).catch(() => []);
  for (const spki of names.filter((name) => name !== 'by-certificate')) {
    const stored = await findStored(tls(), spki);
    if (stored !== undefined) {
      const { certificatePem, chainPem, privateKey, oddFile } = stored;
      const material = { certificatePem, chainPem, privateKeyPem: privateKey.reveal(), names: [] };
      found.push(oddFile, checkMaterial(material, new Date()));
    }
  }
  return found.filter((problem) => problem !== undefined);
}

/** A tree without what differs from run to run; a key too many still shows as a line too many. */
const shape = (tree: Record<string, string>): string[] =>
  Object.keys(tree)
    .map((path) => path.replaceAll(/[0-9a-f]{64}/g, '<spki>').slice(root.length))
    .toSorted();

/** The store as it is before the certificate is made, or made anew. */
async function setScene(hadOne: boolean): Promise<Record<string, string>> {
  await rm(tls(), { recursive: true, force: true });
  if (hadOne) {
    await selfSign({}, newId());
  }
  await TlsStore.open({ tlsDirectory: tls(), stagingDirectory: join(root, 'staging') });
  return snapshot();
}

const SCENES: readonly (readonly [string, boolean, PlainObject, number])[] = [
  ['the first certificate', false, {}, 1],
  ['new names for the same key', true, { names: ['example.org', 'www.example.org'] }, 1],
  // RSA takes its time: every third operation must do.
  ['another type of key', true, { keyType: 'RSA_2048' }, 3],
];

describe.each(SCENES)('%s', (_, hadOne, wish, stride) => {
  it('killed while it is made: the old pair or the new one, then as if undisturbed, without a second key', async () => {
    await setScene(hadOne);
    await selfSign(wish, newId());
    const undisturbed = shape(await snapshot());
    let operations = 1;
    for (let survived = false; !survived; operations += stride) {
      const before = await setScene(hadOne);
      const operationId = newId();
      survived = await survives(operations, () => selfSign(wish, operationId));
      expect({ operations, misfits: await misfits() }).toEqual({ operations, misfits: [] });
      const resumed = await selfSign(wish, operationId);
      expect({ operations, tree: shape(await snapshot()) }).toEqual({ operations, tree: undisturbed });
      expect(await readdir(join(root, 'staging'))).toEqual([]);
      await undo(resumed);
      expect({ operations, tree: await snapshot() }).toEqual({ operations, tree: before });
    }
    expect(operations).toBeGreaterThan(20);
  });

  it('killed while it is taken back: what was before, whole', async () => {
    let operations = 1;
    for (let survived = false; !survived; operations += stride) {
      const before = await setScene(hadOne);
      const made = await selfSign(wish, newId());
      survived = await survives(operations, () => undo(made));
      expect({ operations, misfits: await misfits() }).toEqual({ operations, misfits: [] });
      await undo(made);
      expect({ operations, tree: await snapshot() }).toEqual({ operations, tree: before });
    }
    expect(operations).toBeGreaterThan(5);
  });

  it('made on a disk that fills up: DISK_FULL, and as if undisturbed once there is space', async () => {
    let operations = 1;
    for (let code: string | undefined = 'DISK_FULL'; code !== undefined; operations += stride) {
      const before = await setScene(hadOne);
      const operationId = newId();
      code = await onFullDisk(operations, () => selfSign(wish, operationId));
      expect(['DISK_FULL', undefined]).toContain(code);
      expect({ operations, misfits: await misfits() }).toEqual({ operations, misfits: [] });
      await undo(await selfSign(wish, operationId));
      expect({ operations, tree: await snapshot() }).toEqual({ operations, tree: before });
    }
    expect(operations).toBeGreaterThan(10);
  });
});

/** A process that issues again and again, each time for other names, and says so before each. */
const ISSUER = `
  const { default: task } = await import(process.argv[1]);
  const input = JSON.parse(process.argv[2]);
  const context = { operationId: 'child', outputs: {}, signal: new AbortController().signal, log() {} };
  for (let round = 0; ; round += 1) {
    process.stdout.write('.');
    await task.run({ ...input, names: [round + '.' + process.pid + '.example'] , documentRoots: [], days: 90 }, context);
  }
`;

describe('a process that issues without pause', () => {
  it('killed with SIGKILL at whatever moment leaves one key, one whole pair, and nothing in the way of the next', async () => {
    for (let kill = 0; kill < 6; kill += 1) {
      const module = resolve('workers/tasks/certificate-self-sign.ts');
      const args = [
        '--import',
        '@oxc-node/core/register',
        '--input-type=module',
        '--eval',
        ISSUER,
        module,
        JSON.stringify(input),
      ];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await pause(30 + kill * 17);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await misfits()).toEqual([]);
      const next = await selfSign({ names: [`${kill}.next.example`] }, newId());
      expect(next.status).toBe('SUCCESS');
      expect((await readdir(tls())).filter((name) => name !== 'by-certificate')).toEqual([next.output?.['spki']]);
      expect(await readdir(join(root, 'staging'))).toEqual([]);
    }
  });
});
