import { describe, expect, it } from 'vitest';
import { Secret } from '../shared/secret.js';
import { mergeAclFile, redisArguments } from './redis-settings.js';

const password = new Secret('a-long-password');
const HASH = 'ab'.repeat(32);

describe('redisArguments', () => {
  it('is durable by default and has no TCP port', () => {
    const places = { dataDirectory: '/s/redis', socket: '/s/run/redis.sock', aclFile: '/s/redis/users.acl' };
    expect(redisArguments(places, 'durable').join(' ')).toBe(
      '--port 0 --unixsocket /s/run/redis.sock --unixsocketperm 700 --dir /s/redis --aclfile /s/redis/users.acl ' +
        '--daemonize no --save  --appendonly yes --appendfsync everysec --maxmemory-policy noeviction',
    );
    expect(redisArguments(places, 'relaxed')).toContain('no');
  });
});

describe('mergeAclFile', () => {
  const withoutHash = (text: string) => text.replace(/#[0-9a-f]{64}/, '#HASH');

  it('leaves nobody in without a name', () => {
    const text = mergeAclFile('', password, '7.0.15');
    expect(withoutHash(text)).toBe(
      'user default off resetpass allkeys allchannels allcommands\nuser hler on #HASH allkeys allchannels allcommands\n',
    );
    expect(text).not.toContain(password.reveal());
  });

  it('keeps the users of servers, and replaces its own two', () => {
    const saved = `user default on nopass ~* +@all\nuser hler off #${HASH}\nuser server-1 on #${HASH} ~bull:dispatch.1:* &* +@all\n`;
    expect(withoutHash(mergeAclFile(saved, password, '7.2.0')).split('\n')).toEqual([
      'user default off resetpass allkeys allchannels allcommands',
      'user hler on #HASH allkeys allchannels allcommands',
      `user server-1 on #${HASH} ~bull:dispatch.1:* &* +@all`,
      '',
    ]);
  });

  it('speaks no word that an older Redis does not know', () => {
    expect(mergeAclFile('', password, '6.0.16')).not.toContain('channels');
    expect(mergeAclFile('', password, '6.2.0')).toContain('allchannels');
  });
});
