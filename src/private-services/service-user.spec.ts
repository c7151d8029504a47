import { describe, expect, it } from 'vitest';
import { serviceUser, type DirectoryAccess } from './service-user.js';

const account = { name: 'mysql', uid: 103, gid: 106 };
const open: DirectoryAccess = { path: '/', uid: 0, gid: 0, mode: 0o40755 };
const facts = { server: 'MariaDB', processUid: 0, accountName: 'mysql', account, directories: [open] };

function directory(path: string, mode: number, uid = 0, gid = 0): DirectoryAccess {
  return { path, uid, gid, mode: 0o40000 | mode };
}

describe('serviceUser', () => {
  it('steps down from root to the account of the server', () => {
    expect(serviceUser(facts)).toEqual({ account, reason: 'DROPPED', message: 'MariaDB runs as the user mysql.' });
  });

  it('changes nothing for an ordinary user', () => {
    expect(serviceUser({ ...facts, processUid: 1000 })).toMatchObject({ account: null, reason: 'NOT_ROOT' });
  });

  it('stays root where there is no such account', () => {
    expect(serviceUser({ ...facts, account: null })).toMatchObject({ account: null, reason: 'ACCOUNT_MISSING' });
  });

  it('stays root below a directory that the account cannot enter, and says which', () => {
    expect(serviceUser({ ...facts, directories: [open, directory('/root', 0o700)] })).toEqual({
      account: null,
      reason: 'UNREACHABLE',
      message: 'MariaDB runs as root, because the user mysql cannot enter /root (mode 700).',
    });
  });

  it.each([
    ['others may pass', directory('/d', 0o711), 'DROPPED'],
    ['the group may pass', directory('/d', 0o710, 0, 106), 'DROPPED'],
    ['the owner may pass', directory('/d', 0o700, 103), 'DROPPED'],
    ['others may pass, but not the group', directory('/d', 0o701, 0, 106), 'UNREACHABLE'],
    ['others may only list', directory('/d', 0o744), 'UNREACHABLE'],
  ])('%s', (_, given, reason) => {
    expect(serviceUser({ ...facts, directories: [given] }).reason).toBe(reason);
  });
});
