import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpServerSpec } from '../../src/consumers/index.js';

export interface Storm {
  readonly asked: number;
  /** Nobody listened. */
  readonly refused: number;
  /** A connection was taken, and ended without an answer. */
  readonly lost: number;
  /** From the first connection that was refused to the first one after it that was answered. */
  readonly gapMs: number;
}

const LANES = 4;
const PAUSE_MS = 1;

/** Asks over new connections, in a few lanes, until told to end. */
export function startStorm({ httpPort }: HttpServerSpec, name: string): () => Promise<Storm> {
  let asked = 0;
  let lost = 0;
  const refusals: number[] = [];
  const answers: number[] = [];
  const stop = new AbortController();
  const lane = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const startedAt = performance.now();
      const error = await ask(httpPort, name);
      asked += 1;
      if (error === undefined) {
        answers.push(startedAt);
      } else if (error === 'ECONNREFUSED') {
        refusals.push(startedAt);
      } else {
        lost += 1;
      }
      await sleep(PAUSE_MS);
    }
  };
  const lanes = Promise.all(Array.from({ length: LANES }, lane));
  return async () => {
    stop.abort();
    await lanes;
    const first = Math.min(...refusals);
    const last = Math.max(...refusals);
    const next = Math.min(...answers.filter((at) => at > last));
    return { asked, refused: refusals.length, lost, gapMs: refusals.length === 0 ? 0 : next - first };
  };
}

function ask(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, agent: false, headers: { host } }, (response) => {
      response.resume().once('end', () => resolve(undefined));
      response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    });
    asking.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    asking.end();
  });
}
