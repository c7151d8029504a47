import { describe, expect, it } from 'vitest';
import { pound } from './index.js';

const nothing = { file: null, mentions: null, bind: null };

describe('a complaint of pound', () => {
  it('names the file, relative to what was checked, and passes warnings over', () => {
    const output = `pound: /d/pound.conf:5.1-9: warning: deprecated statement, this setting is no longer used
pound: vhost.d/a.org.conf:7.1-8: unrecognized keyword`;
    const expected = {
      ...nothing,
      sentence: 'unrecognized keyword in vhost.d/a.org.conf:7',
      file: 'vhost.d/a.org.conf',
    };
    expect(pound.complaint(output, '/d')).toEqual(expected);
    expect(pound.complaint(output.replace('vhost.d', '/d/vhost.d'), '/d')).toEqual(expected);
  });

  it.each([
    '/tls/aa/live/combined.pem: SSL_CTX_use_PrivateKey_file: error:05800074:x509 certificate routines::key values mismatch',
    '/tls/aa/live/combined.pem: stat error: No such file or directory',
    '/tls/aa/live/combined.pem: SSL_CTX_use_certificate_chain_file: error:0480006C:PEM routines::no start line',
  ])('is about the certificate that is listed, not about the list: %s', (said) => {
    expect(pound.complaint(`pound: certificates.conf:4.6-22: ${said}`, '/d')).toEqual({
      ...nothing,
      sentence: `${said} in certificates.conf:4`,
      mentions: '/tls/aa/live/combined.pem',
    });
  });

  it.each([
    ['127.0.0.1:80', 'Address already in use', true],
    ['[::]:443', 'Permission denied', false],
  ])('tells that it could not listen on %s: %s', (address, reason, inUse) => {
    const output = `pound: starting...
pound: /d/pound.conf:11.10-15.3: can't bind HTTP socket to ${address}: ${reason}
pound: pound terminated`;
    expect(pound.complaint(output, '/d')).toMatchObject({ bind: { address, inUse } });
  });

  it('has words for a checker that said nothing', () => {
    expect(pound.complaint('', '/d')).toEqual({ ...nothing, sentence: 'The checker failed without a word.' });
  });
});
