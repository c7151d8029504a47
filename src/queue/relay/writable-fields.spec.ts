import { describe, expect, it } from 'vitest';
import type { Operation } from '../../operations/domain/operation.js';
import type { FieldUpdate } from '../../operations/domain/task.js';
import { WritableFields } from './writable-fields.js';

const operation = { kind: 'site.verify', writes: [{ type: 'site', id: 'mine' }] } as unknown as Operation;
const policy = new WritableFields({ 'site.verify': { site: ['status'] } });
const update = (change: Partial<FieldUpdate>): FieldUpdate => ({
  subject: 'site',
  id: 'mine',
  fields: { status: 'ENABLED' },
  ...change,
});

describe('WritableFields', () => {
  it('lets a kind write its fields of the objects that the operation names', () => {
    expect(() => policy.check(operation, update({}))).not.toThrow();
  });

  it.each<[string, Operation, FieldUpdate]>([
    ['a field that the kind may not write', operation, update({ fields: { status: 'ENABLED', clientId: 'x' } })],
    ['an object that the operation does not name', operation, update({ id: 'theirs' })],
    ['an object of another type under a known id', operation, update({ subject: 'platform' })],
    ['anything of a kind that is not in the table', { ...operation, kind: 'site.dance' }, update({})],
    ['not even nothing of an unnamed object', operation, update({ id: 'theirs', fields: {} })],
    ['a field named like something of JavaScript', operation, update({ fields: { constructor: 1 } })],
    ['a kind named like something of JavaScript', { ...operation, kind: 'constructor' }, update({})],
  ])('refuses %s', (_what, given, refused) => {
    expect(() => policy.check(given, refused)).toThrow(expect.objectContaining({ code: 'MESSAGE_REFUSED' }));
  });
});
