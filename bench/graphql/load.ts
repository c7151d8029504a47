import { Agent, request } from 'node:http';

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends the query again and again over `connections` kept-alive connections, each waiting for its answer. */
export async function load(url: string, query: string, connections: number, seconds: number): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const started = performance.now();
  const deadline = started + seconds * 1000;
  const body = JSON.stringify({ query });
  const latencies = await Promise.all(
    Array.from({ length: connections }, async () => {
      const own: number[] = [];
      while (performance.now() < deadline) {
        const sent = performance.now();
        await send(url, body, agent);
        own.push(performance.now() - sent);
      }
      return own;
    }),
  );
  agent.destroy();
  const sorted = latencies.flat().toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { requests: sorted.length, seconds: (performance.now() - started) / 1000, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function send(url: string, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(String(response.statusCode))),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
