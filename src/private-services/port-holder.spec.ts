import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { holdsPort, listeningInodes } from './port-holder.js';

describe('listeningInodes', () => {
  it('reads the table of the kernel', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:2058 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0',
      '   1: 0100007F:2058 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0',
      '   2: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0',
    ].join('\n');
    expect(listeningInodes(table, 8280)).toEqual(['4711']);
    expect(listeningInodes(table, 80)).toEqual([]);
  });
});

describe('holdsPort', () => {
  it('knows the ports that a process listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await holdsPort(process.pid, port)).toBe(true);
    expect(await holdsPort(process.ppid, port)).toBe(false);
    await once(server.close(), 'close');
    expect(await holdsPort(process.pid, port)).toBe(false);
  });
});
