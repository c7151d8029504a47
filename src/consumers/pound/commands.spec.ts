import { describe, expect, it } from 'vitest';
import { aServer } from '../a-vhost.fixture.js';
import { pound } from './index.js';

const server = aServer();
const LIVE = '/var/lib/hler/config/pound';
const LOADER = '/x/ld-linux-x86-64.so.2\0--library-path\0/x/lib\0--argv0\0pound\0/x/usr/sbin/pound\0';

describe('the commands of pound', () => {
  it('are argv', () => {
    const { commands, succession } = pound;
    const timeoutMs = 180_000;
    const env = { OPENSSL_CONF: `${LIVE}/openssl.conf` };
    expect(commands.version()).toEqual({ file: 'pound', args: ['-V'], timeoutMs });
    expect(commands.check(server, '/staging/set')).toEqual({
      file: 'pound',
      args: ['-c', '-W', 'include-dir=/staging/set', '-f', '/staging/set/pound.conf'],
      env: { OPENSSL_CONF: '/staging/set/openssl.conf' },
      timeoutMs,
    });
    expect(commands.start(server)).toEqual({
      file: 'pound',
      args: ['-v', '-W', `include-dir=${LIVE}`, '-f', `${LIVE}/pound.conf`],
      env,
      timeoutMs,
    });
    expect(succession?.start(server)).toEqual({
      file: 'pound',
      args: ['-v', '-W', `include-dir=${LIVE}`, '-f', '/run/hler/pound-temp/successor.conf'],
      env,
      timeoutMs,
    });
    expect(succession?.mainFile(server)).toEqual({
      path: '/run/hler/pound-temp/successor.conf',
      content: `Include "${LIVE}/pound.conf"\nInclude "/run/hler/pound-temp/gate"\n`,
    });
  });
});

describe('the process of pound', () => {
  it.each([
    [true, `pound\0-v\0-W\0include-dir=${LIVE}\0-f\0${LIVE}/pound.conf\0`],
    [true, `/usr/sbin/pound\0-f\0/run/hler/pound-temp/successor.conf\0`],
    [true, `${LOADER}-v\0-f\0${LIVE}/pound.conf\0`],
    [false, `pound\0-c\0-f\0${LIVE}/pound.conf\0`],
    [false, `pound\0-f\0/other/pound.conf\0`],
    [false, `vi\0-f\0${LIVE}/pound.conf\0`],
    [false, ''],
  ])('is recognised (%s): %j', (expected, commandLine) => {
    expect(pound.daemon.isMaster(commandLine, server)).toBe(expected);
  });

  it('says which version it is', () => {
    expect(pound.inspection.versions('pound (pound) 4.16\nCopyright')).toEqual({
      programVersion: '4.16',
      opensslVersion: null,
    });
  });
});
