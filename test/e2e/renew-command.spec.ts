import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BIN } from '../support/hler.js';

const CERTIFICATE = {
  id: 'c',
  clientId: 'a',
  names: ['example.org'],
  provider: 'ACME',
  notAfter: '2030-01-01T00:00:00.000Z',
  renewal: { dueAt: '2020-01-01T00:00:00.000Z', nextAttemptAt: null, waitsFor: null, failures: 0, alarm: null },
};
const TOKEN = `hler_${'x'.repeat(41)}`;
const OPERATION = { id: 'o', state: 'QUEUED', failure: null };

/** An API whose runners are all down: what is requested stays in line. */
function answer(query: string, variables: { readonly status?: string }): object {
  if (query.includes('renewCertificate')) {
    return { renewCertificate: { operation: OPERATION, limitReached: null } };
  }
  if (query.includes('operation(')) {
    return { operation: OPERATION };
  }
  const nodes = variables.status === 'ACTIVE' ? [CERTIFICATE] : [];
  return query.includes('certificates(')
    ? { certificates: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } }
    : { certificate: CERTIFICATE };
}

describe('hler renew, while the runners are down,', () => {
  let api: Server;
  let onRequested: () => void;
  let requested: Promise<void>;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { query, variables } = JSON.parse(await text(request)) as { query: string; variables: object };
    response.end(JSON.stringify({ data: answer(query, variables) }));
    if (query.includes('operation(')) {
      onRequested();
    }
  }

  beforeEach(async () => {
    requested = new Promise((resolve) => (onRequested = resolve));
    api = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
    await once(api, 'listening');
  });
  afterEach(() => void api.close());

  it('ends when it is told to, with its table', { timeout: 60_000 }, async () => {
    const { port } = api.address() as AddressInfo;
    const env = { ...process.env, HLER_API_URL: `http://127.0.0.1:${port}/graphql`, HLER_TOKEN: TOKEN };
    const child = spawn(process.execPath, [BIN, 'renew'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    await Promise.race([requested, said]);
    child.kill('SIGTERM');
    const [out, err, [code, signal]] = await said;
    expect({ code, signal, err }).toEqual({ code: 1, signal: null, err: 'example.org failed\n' });
    expect(out).toBe(`NAME         PROVIDER  RESULT  UNTIL (UTC)       NOTE
example.org  ACME      FAILED  2030-01-01 00:00  Its operation has not finished: it is QUEUED. See that the runner of its server is up.
0 renewed, 1 failed, 0 not due.
`);
  });

  it('takes a number of minutes only', async () => {
    const child = spawn(process.execPath, [BIN, 'renew', '--within', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(err).toContain('A whole number from 1 to 9999 is wanted.');
    expect(code).not.toBe(0);
  });
});
