import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChildServer } from './child-server.js';
import { freePort } from './free-ports.js';

export interface PrivateBind {
  readonly host: string;
  readonly port: number;
  /** `address:port`. */
  readonly server: string;
  readonly tsig: {
    readonly keyName: string;
    readonly algorithm: 'hmac-sha256';
    readonly secret: { readonly file: string };
  };
  /** Values at a name; none when there is no such record. */
  txt(name: string): Promise<readonly string[]>;
  output(): string;
  stop(): Promise<void>;
}

/** A real bind9 with zones that the key may update (`true`) or nobody may (`false`); records as lines of a zone file. */
export async function startPrivateBind(
  zones: Readonly<Record<string, { readonly writable: boolean; readonly records: readonly string[] }>>,
): Promise<PrivateBind> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-bind-'));
  const port = await freePort();
  const secret = randomBytes(32).toString('base64');
  const secretFile = join(directory, 'tsig-secret');
  await writeFile(secretFile, `${secret}\n`, { mode: 0o600 });
  for (const [zone, { records }] of Object.entries(zones)) {
    const lines = [
      `$TTL 60`,
      `@ SOA ns.${zone}. ops.${zone}. 1 60 60 600 1`,
      `@ NS ns.${zone}.`,
      'ns A 127.0.0.1',
      ...records,
      '',
    ];
    await writeFile(join(directory, `${zone}.zone`), lines.join('\n'));
  }
  // An empty root of its own: it follows aliases from zone to zone, and asks nobody outside.
  await writeFile(join(directory, 'root.zone'), '$TTL 60\n@ SOA ns. ops. 1 60 60 600 1\n@ NS ns.\nns. A 127.0.0.1\n');
  const declared = Object.entries(zones).map(
    ([zone, { writable }]) =>
      `zone "${zone}" { type primary; file "${zone}.zone"; ${writable ? 'update-policy { grant hler-acme zonesub TXT; };' : ''} };`,
  );
  await writeFile(
    join(directory, 'named.conf'),
    `options { directory "${directory}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  pid-file "${directory}/named.pid"; session-keyfile "${directory}/session.key"; recursion yes; dnssec-validation no; notify no; };
controls { };
key "hler-acme" { algorithm hmac-sha256; secret "${secret}"; };
zone "." { type primary; file "root.zone"; };
${declared.join('\n')}
`,
    { mode: 0o600 },
  );
  const [first = ''] = Object.keys(zones);
  const resolver = (): Resolver => {
    const made = new Resolver({ timeout: 1_000, tries: 2 });
    made.setServers([`127.0.0.1:${port}`]);
    return made;
  };
  const server = await startChildServer('named', ['-g', '-n', '1', '-c', join(directory, 'named.conf')], {
    isReady: () => resolver().resolveSoa(first),
  });
  return {
    host: '127.0.0.1',
    port,
    server: `127.0.0.1:${port}`,
    tsig: { keyName: 'hler-acme', algorithm: 'hmac-sha256', secret: { file: secretFile } },
    txt: async (name) =>
      (
        await resolver()
          .resolveTxt(name)
          .catch(() => [])
      ).map((parts) => parts.join('')),
    output: () => server.output(),
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
