import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StormCounts, StormOrder } from './storm-client.js';

const CLIENT = fileURLToPath(new URL('storm-client.ts', import.meta.url));

/** Programs that do nothing but shake hands with a server, until they are told to stop. */
export class Storm {
  private constructor(private readonly clients: readonly Client[]) {}

  static async start(order: Omit<StormOrder, 'index'>, clients: number): Promise<Storm> {
    const storm = new Storm(Array.from({ length: clients }, (_, index) => new Client({ ...order, index })));
    await Promise.all(storm.clients.map((client) => client.started));
    return storm;
  }

  counts(): StormCounts {
    const all = this.clients.map(({ counts }) => counts);
    return {
      handshakes: all.reduce((sum, { handshakes }) => sum + handshakes, 0),
      failures: sumOf(all.map(({ failures }) => failures)),
      shown: sumOf(all.map(({ shown }) => shown)),
    };
  }

  /** Lets what is under way end, and gives the last counts. */
  async stop(): Promise<StormCounts> {
    await Promise.all(this.clients.map((client) => client.stop()));
    return this.counts();
  }
}

class Client {
  counts: StormCounts = { handshakes: 0, failures: {}, shown: {} };
  readonly started: Promise<unknown>;
  readonly #child;

  constructor(order: StormOrder) {
    const loader = ['--import', '@oxc-node/core/register'];
    this.#child = spawn(process.execPath, [...loader, CLIENT, JSON.stringify(order)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(this.#child.stdout);
    lines.on('line', (line) => {
      this.counts = JSON.parse(line) as StormCounts;
    });
    this.started = once(lines, 'line');
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) {
      await once(this.#child, 'close');
    }
  }
}

function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const [what, count] of all.flatMap((one) => Object.entries(one))) {
    sum[what] = (sum[what] ?? 0) + count;
  }
  return sum;
}
