import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../support/free-ports.js';
import { startChaosCa, type ChaosCa, type ChaosCaOptions } from '../start-chaos-ca.js';

/** A CA that looks for ports 80 and 443 of the world at two free ones, and a directory for a client. */
export interface Place {
  readonly ca: ChaosCa;
  readonly directory: string;
  readonly httpPort: number;
  readonly httpsPort: number;
}

export async function inPlace(options: ChaosCaOptions, work: (place: Place) => Promise<void>): Promise<void> {
  const [httpPort = 0, httpsPort = 0] = await freePorts(2);
  const directory = await mkdtemp(join(tmpdir(), 'hler-acme-client-'));
  // Workers of a web server run as another account than root.
  await chmod(directory, 0o755);
  const ca = await startChaosCa({ httpPort, tlsPort: httpsPort, ...options });
  try {
    await work({ ca, directory, httpPort, httpsPort });
  } finally {
    await ca.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
