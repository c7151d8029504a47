import { describe, expect, it } from 'vitest';
import { apache } from './index.js';

const nothing = { file: null, mentions: null, bind: null };
const at = '[Sun Nov 22 06:50:53.057646 2026]';

describe('a complaint of apache', () => {
  it('names the file, relative to what was checked', () => {
    const output = `AH00526: Syntax error on line 7 of /staging/set/vhost.d/a.org.conf:
Invalid command 'nonsense', perhaps misspelled or defined by a module not included in the server configuration`;
    expect(apache.complaint(output, '/staging/set')).toEqual({
      ...nothing,
      sentence:
        "Invalid command 'nonsense', perhaps misspelled or defined by a module not included in the server configuration in vhost.d/a.org.conf:7",
      file: 'vhost.d/a.org.conf',
    });
  });

  it('names the innermost of nested files', () => {
    const output =
      'apache2: Syntax error on line 57 of /d/apache.conf: Syntax error on line 1 of /d/vhost.d/c.conf: /d/vhost.d/c.conf:1: <VirtualHost> was not closed.';
    expect(apache.complaint(output, '/d')).toMatchObject({
      file: 'vhost.d/c.conf',
      sentence: '<VirtualHost> was not closed. in vhost.d/c.conf:1',
    });
  });

  it.each([
    [
      'a mismatched pair',
      `${at} [ssl:emerg] [pid 1:tid 1] AH02565: Certificate and private key a.test:443:0 from /tls/aa/live/fullchain.pem and /tls/aa/live/privkey.pem do not match`,
      '/tls/aa/live/fullchain.pem',
    ],
    [
      'garbage',
      `${at} [ssl:warn] [pid 1:tid 1] AH01906: b.test:443:0 server certificate is a CA certificate
${at} [ssl:emerg] [pid 1:tid 1] AH02562: Failed to configure certificate a.test:443:0 (with chain), check /tls/aa/live/fullchain.pem
${at} [ssl:emerg] [pid 1:tid 1] SSL Library Error: error:0680007B:asn1 encoding routines::header too long
AH00016: Configuration Failed`,
      '/tls/aa/live/fullchain.pem',
    ],
    [
      'an encrypted key',
      `${at} [ssl:emerg] [pid 1:tid 1] AH02312: Fatal error initialising mod_ssl, exiting.
${at} [ssl:emerg] [pid 1:tid 1] AH02564: Failed to configure encrypted (?) private key a.test:443:0, check /tls/aa/live/privkey.pem`,
      '/tls/aa/live/privkey.pem',
    ],
  ])('names the file of %s', (_, output, mentions) => {
    expect(apache.complaint(output, '/d')).toMatchObject({ file: null, mentions });
  });

  it.each([
    [98, true],
    [13, false],
  ])('names the address that it cannot listen on (errno %d)', (errno, inUse) => {
    const output = `(${errno})whatever the language says: AH00072: make_sock: could not bind to address 127.0.0.1:80
no listening sockets available, shutting down
AH00015: Unable to open logs`;
    expect(apache.complaint(output, '/d').bind).toEqual({ address: '127.0.0.1:80', inUse });
  });

  it('is a sentence even when nothing was said', () => {
    expect(apache.complaint('', '/d')).toEqual({ ...nothing, sentence: 'The checker failed without a word.' });
  });

  it('is a refusal only when the server could not take what it read', () => {
    const { daemon } = apache;
    expect(daemon.refusal(`${at} [mpm_event:notice] [pid 1:tid 1] AH00493: Graceful restart requested`, '/d', 1)).toBe(
      undefined,
    );
    expect(daemon.refusal('AH00526: Syntax error on line 1 of /d/pre.d/x.conf:\nBad', '/d', 1)).toMatchObject({
      sentence: 'Bad in pre.d/x.conf:1',
    });
    const fatal = `${at} [ssl:emerg] [pid 7:tid 7] AH02312: Fatal error initialising mod_ssl, exiting.`;
    expect(daemon.refusal(fatal, '/d', 7)).toBeDefined();
    expect(daemon.refusal(fatal, '/d', undefined)).toBeDefined();
    expect(daemon.refusal(fatal, '/d', 8)).toBeUndefined();
  });
});
