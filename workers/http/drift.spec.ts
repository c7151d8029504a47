import { describe, expect, it } from 'vitest';
import { driftedFile } from './drift.js';
import type { StoredFile } from './http-change.js';
import { isSame, type LiveFile } from './live-files.js';

const wanted: StoredFile = { path: 'vhost.d/a.test.conf', content: 'a\n', mode: 0o644 };
const live: LiveFile = { ...wanted, oddity: null };
const absent: LiveFile = { ...live, content: null };

describe('what of a file is not as it should be', () => {
  it.each<[string, Partial<StoredFile>, LiveFile]>([
    ['MISSING', {}, absent],
    ['CHANGED', {}, { ...live, content: 'b\n' }],
    ['CHANGED', {}, { ...live, oddity: { type: 'LINK', target: '/etc/shadow' } }],
    ['CHANGED', {}, { ...absent, oddity: { type: 'NOT_A_FILE' } }],
    ['EXTRA', { content: null }, live],
    ['EXTRA', { content: null }, { ...absent, oddity: { type: 'LINK', target: '/nowhere' } }],
    ['MODE', {}, { ...live, mode: 0o666 }],
    ['OWNER', {}, { ...live, oddity: { type: 'OWNER', uid: 33 } }],
    ['CHANGED,MODE', {}, { ...live, content: 'b\n', mode: 0o600 }],
  ])('is %s, exactly where a repair would write', (problems, change, is) => {
    const should = { ...wanted, ...change };
    expect(isSame(should, is)).toBe(false);
    const drifted = driftedFile(should, is, 1_000);
    expect(drifted.problems.join()).toBe(problems);
    expect(drifted.message).toMatch(/^vhost\.d\/a\.test\.conf .*\.$/);
    expect(JSON.stringify(drifted)).not.toContain('/etc/shadow');
  });

  it('is shown only where everybody may read both, and only the runner wrote it', () => {
    const other = { ...live, content: 'b\n' };
    expect(driftedFile(wanted, other, 1_000).diff).toBe('@@ -1,1 +1,1 @@\n-b\n+a\n');
    expect(driftedFile({ ...wanted, mode: 0o600 }, other, 1_000).diff).toBeNull();
    expect(driftedFile(wanted, { ...other, mode: 0o640 }, 1_000).diff).toBeNull();
    expect(driftedFile(wanted, { ...other, oddity: { type: 'OWNER', uid: 33 } }, 1_000).diff).toBeNull();
    expect(driftedFile(wanted, other, 0).diff).toBeNull();
  });
});
