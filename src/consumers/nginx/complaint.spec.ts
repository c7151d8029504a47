import { describe, expect, it } from 'vitest';
import { nginx } from './index.js';

const nothing = { file: null, mentions: null, bind: null };

describe('a complaint of nginx', () => {
  it('names the file, relative to what was checked', () => {
    const output = `2026/11/22 05:42:37 [warn] 1#1: conflicting server name "a.org" on 0.0.0.0:80, ignored
2026/11/22 05:42:37 [emerg] 6710#6710: unknown directive "foo" in /staging/set/vhost.d/a.org.conf:7
nginx: configuration file /staging/set/nginx.conf test failed`;
    expect(nginx.complaint(output, '/staging/set')).toEqual({
      ...nothing,
      sentence: 'unknown directive "foo" in vhost.d/a.org.conf:7',
      file: 'vhost.d/a.org.conf',
    });
  });

  it('names a certificate, which nginx does without a place', () => {
    const output = 'nginx: [emerg] cannot load certificate "/tls/aa/live/fullchain.pem": BIO_new_file() failed';
    expect(nginx.complaint(output, '/staging/set')).toMatchObject({
      file: null,
      mentions: '/tls/aa/live/fullchain.pem',
    });
  });

  it.each([
    [98, true],
    [13, false],
  ])('names the address that it cannot listen on (errno %d)', (errno, inUse) => {
    const output = `nginx: [emerg] bind() to 127.0.0.1:80 failed (${errno}: whatever the language says)`;
    expect(nginx.complaint(output, '/d').bind).toEqual({ address: '127.0.0.1:80', inUse });
  });

  it('keeps the path of a file that lies elsewhere', () => {
    const output = 'nginx: [emerg] unknown directive "x" in /etc/nginx/conf.d/y.conf:1';
    expect(nginx.complaint(output, '/d').file).toBe('/etc/nginx/conf.d/y.conf');
  });

  it('is a sentence even when nothing was said', () => {
    expect(nginx.complaint('', '/d')).toEqual({ ...nothing, sentence: 'The checker failed without a word.' });
  });
});
