import { describe, expect, it } from 'vitest';
import { Secret } from '../shared/secret.js';
import { parseDatabaseUrl, parseRedisUrl } from './connection-url.js';

describe('parseDatabaseUrl', () => {
  it('reads TCP and socket URLs', () => {
    const overTcp = parseDatabaseUrl(new Secret('mariadb://u%40x:p%2Fw@[::1]:3307/hler'));
    expect(overTcp).toMatchObject({ host: '::1', port: 3307, username: 'u@x', database: 'hler' });
    expect(overTcp?.password.reveal()).toBe('p/w');
    expect(parseDatabaseUrl(new Secret('mysql://u:p@localhost/hler?socketPath=%2Frun%2Fm.sock'))).toMatchObject({
      socketPath: '/run/m.sock',
      port: 3306,
    });
  });

  it.each(['', 'hler', 'mysql://h/d', 'mysql://u:p@h/', 'mysql://u:%ff@h/d', 'mysql://u:p@h/d?socketPath=m.sock'])(
    'does not understand %j',
    (url) => {
      expect(parseDatabaseUrl(new Secret(url))).toBeUndefined();
    },
  );
});

describe('parseRedisUrl', () => {
  it('reads TCP, TLS and socket URLs', () => {
    expect(parseRedisUrl(new Secret('redis://h'))).toEqual({ host: 'h', port: 6379, tls: false, db: 0 });
    expect(parseRedisUrl(new Secret('rediss://u:p@h:1/2'))).toMatchObject({ port: 1, tls: true, username: 'u', db: 2 });
    const socket = parseRedisUrl(new Secret('redis://u:p%3A@localhost/3?path=%2Frun%2Fr.sock'));
    expect(socket).toMatchObject({ path: '/run/r.sock', username: 'u', db: 3 });
    expect(socket?.password?.reveal()).toBe('p:');
  });

  it.each(['', 'http://h', 'redis://h/x', 'redis://h?path=r.sock', 'redis://'])('does not understand %j', (url) => {
    expect(parseRedisUrl(new Secret(url))).toBeUndefined();
  });
});
