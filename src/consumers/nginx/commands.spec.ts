import { describe, expect, it } from 'vitest';
import { aServer } from '../a-vhost.fixture.js';
import { nginx } from './index.js';

const live = '/var/lib/hler/config/nginx';
const log = '/var/log/hler/nginx-error.log';
const timeoutMs = 180_000;

describe('the commands of nginx', () => {
  it('checks a directory as a whole, and says what it finds to the caller', () => {
    expect(nginx.commands.check(aServer(), '/staging/set')).toEqual({
      file: 'nginx',
      args: ['-t', '-q', '-e', 'stderr', '-p', '/staging/set', '-c', '/staging/set/nginx.conf'],
      timeoutMs,
    });
  });

  it('starts and stops exactly this server', () => {
    const args = ['-e', log, '-p', live, '-c', `${live}/nginx.conf`];
    expect(nginx.commands.start(aServer())).toEqual({ file: 'nginx', args, timeoutMs });
    expect(nginx.commands.stop(aServer())).toEqual({ file: 'nginx', args: [...args, '-s', 'quit'], timeoutMs });
  });

  it('knows the master of this server from that of another, and from a worker', () => {
    const master = (directory: string) => `nginx: master process nginx -e x -p ${directory} -c ${directory}/nginx.conf`;
    expect(nginx.daemon.isMaster(master(live), aServer())).toBe(true);
    expect(nginx.daemon.isMaster(`${master(live)}\0\0`, aServer())).toBe(true);
    expect(nginx.daemon.isMaster(master('/etc/nginx'), aServer())).toBe(false);
    expect(nginx.daemon.isMaster('nginx: worker process', aServer())).toBe(false);
    expect(nginx.daemon.isMaster(`vi ${live}/nginx.conf`, aServer())).toBe(false);
  });
});
