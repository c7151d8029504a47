import { connect, createSecureContext, type ConnectionOptions } from 'node:tls';

/** What a client is told to ask for. */
export interface StormOrder {
  readonly port: number;
  readonly name: string;
  readonly lanes: number;
  /** Which client this is: each has addresses of its own, so that ports do not run out. */
  readonly index: number;
}

/** Counts since the beginning. */
export interface StormCounts {
  readonly handshakes: number;
  /** What went wrong, and how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** SHA-256 of the certificates that were shown, and how often. */
  readonly shown: Readonly<Record<string, number>>;
}

const HANDSHAKE_WITHIN_MS = 20_000;
const REPORT_EVERY_MS = 250;

const order = JSON.parse(process.argv[2] ?? '') as StormOrder;
const secureContext = createSecureContext();
const failures: Record<string, number> = {};
const shown: Record<string, number> = {};
let handshakes = 0;
const stop = new AbortController();

const add = (counts: Record<string, number>, what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);

/** @types/node leaves `localAddress` out, which is passed on to the connection (net.connect). */
function optionsFor(localAddress: string): ConnectionOptions & { readonly localAddress: string } {
  const { name, port } = order;
  return { host: '127.0.0.1', port, localAddress, servername: name, secureContext, rejectUnauthorized: false };
}

/** One connection and one full handshake: no session is kept, so that none is resumed. */
function handshake(localAddress: string): Promise<void> {
  return new Promise((resolve) => {
    let phase = 'connect';
    const socket = connect(optionsFor(localAddress));
    const end = (failure: string | undefined): void => {
      socket.removeAllListeners();
      // What comes after the handshake is none of the storm's business.
      socket.on('error', () => undefined);
      socket.destroy();
      handshakes += 1;
      if (failure !== undefined) {
        add(failures, failure);
      }
      resolve();
    };
    socket.setTimeout(HANDSHAKE_WITHIN_MS, () => end(`${phase}: no answer within ${HANDSHAKE_WITHIN_MS} ms`));
    socket.once('connect', () => {
      phase = 'handshake';
    });
    socket.once('error', (error: NodeJS.ErrnoException) => end(`${phase}: ${error.code ?? error.message}`));
    socket.once('close', () => end(`${phase}: closed`));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      add(shown, certificate?.fingerprint256 ?? 'none');
      end(socket.isSessionReused() ? 'handshake: resumed' : undefined);
    });
  });
}

async function lane(index: number): Promise<void> {
  while (!stop.signal.aborted) {
    await handshake(`127.0.${1 + order.index}.${1 + index}`);
  }
}

function report(): void {
  process.stdout.write(`${JSON.stringify({ handshakes, failures, shown } satisfies StormCounts)}\n`);
}

process.stdin.resume().once('end', () => stop.abort());
const reporting = setInterval(report, REPORT_EVERY_MS);
await Promise.all(Array.from({ length: order.lanes }, (_, index) => lane(index)));
clearInterval(reporting);
report();
