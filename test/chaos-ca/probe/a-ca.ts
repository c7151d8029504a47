import { startChaosCa, type ChaosCa, type ChaosCaOptions } from '../start-chaos-ca.js';
import { AcmeProbe } from './acme-probe.js';
import { startChallengeServer, type ChallengeServer } from './challenge-server.js';
import type { ProbeKey } from './sign.js';

/** A CA, a web server that proves everything to it, and as many clients as wanted. */
export interface Stage {
  readonly ca: ChaosCa;
  readonly challenges: ChallengeServer;
  /** Registered, with a key of its own unless one is given. */
  client(key?: ProbeKey): Promise<AcmeProbe>;
  stranger(key?: ProbeKey): Promise<AcmeProbe>;
  stop(): Promise<void>;
}

export async function aStage(options: ChaosCaOptions = {}): Promise<Stage> {
  const challenges = await startChallengeServer();
  const ca = await startChaosCa({ httpPort: challenges.port, ...options });
  const probes: AcmeProbe[] = [];
  const keep = (probe: AcmeProbe): AcmeProbe => {
    probes.push(probe);
    return probe;
  };
  return {
    ca,
    challenges,
    client: async (key) => keep(await AcmeProbe.registered(ca, challenges, key)),
    stranger: async (key) => keep(await AcmeProbe.make(ca, challenges, key)),
    async stop() {
      probes.forEach((probe) => probe.close());
      await ca.stop();
      await challenges.stop();
    },
  };
}
