import { describe, expect, it } from 'vitest';
import { aServer } from '../a-vhost.fixture.js';
import { apacheCanary } from './canary.js';
import { apache } from './index.js';
import { apacheInspection } from './inspection.js';

const live = '/var/lib/hler/config/apache';
const args = ['-d', live, '-f', `${live}/apache.conf`];
const timeoutMs = 300_000;

describe('the commands of apache', () => {
  it('checks a directory as a whole', () => {
    expect(apache.commands.check(aServer(), '/staging/set')).toEqual({
      file: 'apache2',
      args: ['-t', '-d', '/staging/set', '-f', '/staging/set/apache.conf'],
      timeoutMs,
    });
  });

  it('starts and stops exactly this server', () => {
    expect(apache.commands.start(aServer())).toEqual({ file: 'apache2', args, timeoutMs });
    const stop = [...args, '-k', 'graceful-stop'];
    expect(apache.commands.stop(aServer())).toEqual({ file: 'apache2', args: stop, timeoutMs });
  });

  it('knows this server from another, and from the errands of its program', () => {
    const isMaster = (...words: readonly string[]) => apache.daemon.isMaster(`${words.join('\0')}\0`, aServer());
    expect(isMaster('apache2', ...args)).toBe(true);
    expect(isMaster('/usr/sbin/apache2', ...args)).toBe(true);
    expect(isMaster('apache2', '-d', '/etc/apache2', '-f', '/etc/apache2/apache2.conf')).toBe(false);
    expect(isMaster('apache2', '-t', ...args)).toBe(false);
    expect(isMaster('apache2', ...args, '-k', 'graceful-stop')).toBe(false);
    expect(isMaster('vi', `${live}/apache.conf`)).toBe(false);
  });

  it('starts a canary that shares nothing with the server', () => {
    const command = apacheCanary.start('/staging/set', '/staging/canary', '127.1.2.3:4567');
    expect(command).toEqual({
      file: 'apache2',
      args: [
        '-d',
        '/staging/set',
        '-f',
        '/staging/set/apache.conf',
        '-D',
        'HlerCanary',
        '-C',
        'Listen 127.1.2.3:4567',
        '-C',
        'PidFile "/staging/canary/canary.pid"',
        '-C',
        'DefaultRuntimeDir "/staging/canary"',
        '-C',
        'ErrorLog "/staging/canary/error.log"',
        '-C',
        'Mutex pthread default',
      ],
      timeoutMs,
    });
    const line = ['apache2', ...command.args].join('\0');
    expect(apacheCanary.isOwn(line, '/staging/canary')).toBe(true);
    expect(apacheCanary.isOwn(line, '/staging/other')).toBe(false);
    expect(apache.daemon.isMaster(line, aServer())).toBe(false);
  });

  it("keeps a canary off an administrator's ports, line by line", () => {
    expect(apacheCanary.muted('Listen 81\n  listen [::]:82 https\n<VirtualHost *:81>\n# Listen\n')).toBe(
      '#\n#\n<VirtualHost *:81>\n# Listen\n',
    );
  });

  it('reads versions from the command and from an answer', () => {
    const none = { programVersion: null, opensslVersion: null };
    const printed = 'Server version: Apache/2.4.71 (Debian)\nServer built:   2026-11-12T08:58:41\n';
    expect(apacheInspection.versions(printed)).toEqual({ ...none, programVersion: '2.4.71' });
    expect(apacheInspection.versions('Apache/2.4.71 (Debian) OpenSSL/3.0.19')).toEqual({
      ...none,
      opensslVersion: '3.0.19',
    });
    expect(apacheInspection.versions('Apache')).toEqual(none);
  });
});
