import { Resolver } from 'node:dns/promises';
import { startChildServer } from './child-server.js';
import { freePort } from './free-ports.js';

/** pebble-challtestsrv: a DNS server that says what it is told. */
export interface ChallengeDns {
  /** `address:port`. */
  readonly server: string;
  /** Its own way to be told: `POST /add-a {"host", "addresses"}`, `/set-txt`, `/add-caa`, `/set-cname`, `/set-servfail`… */
  readonly managementUrl: string;
  tell(command: string, what: object): Promise<void>;
  stop(): Promise<void>;
}

export async function startChallengeDns(): Promise<ChallengeDns> {
  const [port, management] = [await freePort(), await freePort()];
  const managementUrl = `http://127.0.0.1:${management}`;
  const tell = async (command: string, what: object): Promise<void> => {
    const answer = await fetch(`${managementUrl}/${command}`, { method: 'POST', body: JSON.stringify(what) });
    if (!answer.ok) {
      throw new Error(`challtestsrv refused ${command}: ${answer.status} ${await answer.text()}`);
    }
  };
  const args = ['-management', `127.0.0.1:${management}`, '-dns01', `127.0.0.1:${port}`];
  const none = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
  const server = await startChildServer(
    'pebble-challtestsrv',
    [...args, ...none, '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''],
    {
      isReady: async () => {
        const resolver = new Resolver({ timeout: 500, tries: 1 });
        resolver.setServers([`127.0.0.1:${port}`]);
        await resolver.resolve4('ready.test');
        await tell('clear-request-history', { type: 'http', host: 'ready.test' }).catch(() => undefined);
      },
    },
  );
  return { server: `127.0.0.1:${port}`, managementUrl, tell, stop: () => server.stop() };
}
