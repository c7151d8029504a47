import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../src/shared/ids.js';
import { startAcmeLab, type AcmeLab } from '../support/acme-lab.js';

let lab: AcmeLab;

beforeAll(async () => {
  lab = await startAcmeLab({ authorizationReuse: 100 });
});
afterAll(() => lab.stop());

const told = (): number => lab.pebble.output().split('POST /chalZ/').length - 1;

it('does not prove again what the CA holds for proved, and proves what is new beside it', async () => {
  const issue = async (...names: readonly string[]): Promise<void> => {
    const { outcome } = await lab.issue({ certificateId: newId(), names });
    expect(outcome).toMatchObject({ status: 'ISSUED' });
  };
  await issue('once.test', 'twice.test');
  expect(told()).toBe(2);
  await issue('twice.test', 'once.test');
  expect(told()).toBe(2);
  await issue('once.test', 'new.test');
  expect(told()).toBe(3);
});
