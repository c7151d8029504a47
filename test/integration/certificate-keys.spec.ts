import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSpki } from '../../src/certificates/domain/spki.js';
import type { TaskResult, TaskSuccess } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import rollbackTask from '../../workers/tasks/certificate-rollback.js';
import storeTask from '../../workers/tasks/certificate-store.js';
import { findStored } from '../../workers/tls/stored-generation.js';
import { issue, type Issued } from '../support/certificate-authority.js';
import { performTask, runTask, undoTask } from '../support/run-task.js';

const { mortalFiles, onFullDisk, survives } = await vi.hoisted(() => import('../support/mortal-files.js'));
vi.mock('node:fs/promises', mortalFiles);

const NAMES = ['example.org'];

/** Renewals as ACME makes them: each has a key of its own. Oldest first. */
let renewals: readonly Issued[];
let ca: Issued;
let root: string;
let certificateId: string;

beforeAll(async () => {
  ca = await issue('CA', undefined, { ca: true });
  renewals = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => issue(name, ca, { names: NAMES })));
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hler-keys-'));
  certificateId = newId();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const place = (): PlainObject => ({
  certificateId,
  tlsDirectory: join(root, 'tls'),
  stagingDirectory: join(root, 'staging'),
});
const wish = ({ pem, keyPem }: Issued): PlainObject => ({
  ...place(),
  certificatePem: pem,
  chainPem: ca.pem,
  privateKey: keyPem,
  names: NAMES,
});
const store = (pair: Issued, operationId = newId()): Promise<TaskSuccess> =>
  performTask(storeTask, wish(pair), { operationId });
const storeAll = async (pairs: readonly Issued[]): Promise<void> => {
  for (const pair of pairs) {
    await store(pair);
  }
};
const back = (operationId = newId()): Promise<TaskResult> =>
  runTask(rollbackTask, { ...place(), names: NAMES }, { operationId });

/** The keys in the store, as the renewal that each came with; every one of them whole. */
async function kept(): Promise<string> {
  const keys = (await readdir(join(root, 'tls'))).filter(isSpki);
  const found = await Promise.all(
    keys.map(async (spki) => {
      const stored = await findStored(join(root, 'tls'), spki);
      expect(stored?.oddFile).toBeUndefined();
      return letterOf(({ keyPem }) => keyPem.trim() === stored?.privateKey.reveal().trim());
    }),
  );
  return found.toSorted().join('');
}

/** The renewal that a result put in force. */
function inForce(result: TaskResult): string {
  const chainPem = 'fields' in result ? result.fields?.[0]?.fields['chainPem'] : undefined;
  return letterOf(({ pem }) => typeof chainPem === 'string' && chainPem.startsWith(pem.trim()));
}

function letterOf(fits: (renewal: Issued) => boolean): string {
  return 'abcdef'[renewals.findIndex(fits)] ?? '?';
}

describe('the keys of a certificate', () => {
  it('are those of the last three renewals, however many there were', async () => {
    const seen: string[] = [];
    for (const pair of renewals) {
      await store(pair);
      seen.push(await kept());
    }
    expect(seen).toEqual(['a', 'ab', 'abc', 'bcd', 'cde', 'def']);
    expect(await readdir(join(root, 'staging'))).toEqual([]);
  });

  it('can be gone back to, two steps, and what was left behind goes with the next renewal', async () => {
    const [a, b, c, d, e] = renewals;
    await storeAll([a!, b!, c!, d!]);
    expect([inForce(await back()), inForce(await back())]).toEqual(['c', 'b']);
    expect(await back()).toMatchObject({ failure: { code: 'CERTIFICATE_ROLLBACK_IMPOSSIBLE' } });
    expect(await kept()).toBe('bcd');
    await store(e!);
    expect(await kept()).toBe('be');
    expect(inForce(await back())).toBe('b');
  });

  it('stay when a rollback is taken back', async () => {
    await storeAll(renewals.slice(0, 4));
    const operationId = newId();
    const gone = await performTask(rollbackTask, { ...place(), names: NAMES }, { operationId });
    await undoTask(rollbackTask, { ...place(), names: NAMES }, gone.undo, { operationId });
    expect([await kept(), inForce(await back())]).toEqual(['bcd', 'c']);
  });

  it('stay as long as another certificate is served by one, or has a generation of it', async () => {
    const [a, b, c, d, e, f] = renewals;
    const mine = certificateId;
    await storeAll([a!, b!]);
    certificateId = newId();
    await storeAll([a!, b!]);
    certificateId = mine;
    await storeAll([c!, d!, e!]);
    expect(await kept()).toBe('abcde');
    await store(f!);
    expect(await kept()).toBe('abdef');
  });

  it('are counted by generation: of one key, three in all, and what was before it goes', async () => {
    const [a, b] = renewals;
    const again = await Promise.all([1, 2, 3].map(() => issue('b', ca, { names: NAMES, keys: b!.keys })));
    await storeAll([a!, b!, again[0]!]);
    expect(await kept()).toBe('ab');
    await storeAll([again[1]!, again[2]!]);
    expect(await kept()).toBe('b');
  });
});

describe.each<[string, string, () => Promise<void>, () => Promise<unknown>]>([
  ['a renewal', 'cde', () => storeAll(renewals.slice(0, 4)), () => Promise.resolve()],
  [
    'a renewal after two rollbacks',
    'be',
    () => storeAll(renewals.slice(0, 4)),
    async () => [await back(), await back()],
  ],
])('%s', (_, after, before, then) => {
  const prepare = async (): Promise<void> => {
    await rm(join(root, 'tls'), { recursive: true, force: true });
    await before();
    await then();
  };
  const next = (operationId: string): Promise<TaskSuccess> => store(renewals[4]!, operationId);

  it('killed at each file operation: nobody lacks a key to go back to, and then none is left over', async () => {
    let operations = 1;
    for (let survived = false; !survived; operations += 1) {
      await prepare();
      const operationId = newId();
      survived = await survives(operations, () => next(operationId));
      expect(await kept()).toContain(after.slice(0, -1));
      await next(operationId);
      expect({ operations, kept: await kept() }).toEqual({ operations, kept: after });
      expect(await readdir(join(root, 'staging'))).toEqual([]);
      expect(inForce(await back())).toBe(after.at(-2));
    }
    expect(operations).toBeGreaterThan(25);
  });

  it('on a disk that fills up: what was in force is, and then none is left over', async () => {
    let operations = 1;
    for (let code: string | undefined = 'DISK_FULL'; code !== undefined; operations += 1) {
      await prepare();
      const operationId = newId();
      code = await onFullDisk(operations, () => next(operationId));
      expect(['DISK_FULL', undefined]).toContain(code);
      expect(await kept()).toContain(after.slice(0, -1));
      await next(operationId);
      expect({ operations, kept: await kept() }).toEqual({ operations, kept: after });
    }
    expect(operations).toBeGreaterThan(10);
  });
});
