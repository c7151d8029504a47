import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What sslscan finds out about a server from outside. */
export interface TlsScan {
  /** Such as `tls 1.2`, those that a handshake succeeds with. */
  readonly protocols: readonly string[];
  /** By protocol, such as `TLSv1.2`, sorted. */
  readonly ciphers: { readonly [protocol: string]: readonly string[] };
  readonly groups: { readonly [protocol: string]: readonly string[] };
  readonly renegotiation: boolean;
  readonly heartbleed: boolean;
  /** Such as `EC prime256v1`; null when no certificate is shown. */
  readonly key: string | null;
}

export async function scanTls(port: number, name: string): Promise<TlsScan> {
  const args = ['--no-colour', '--xml=-', `--sni-name=${name}`, `127.0.0.1:${port}`];
  const { stdout } = await run('sslscan', args, { timeout: 60_000 });
  const elements = [...stdout.matchAll(/<(\w+) ([^>]*?)\/?>/g)].map(([, element = '', text = '']) => ({
    element,
    ...Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])),
  })) as readonly ({ readonly element: string } & { readonly [attribute: string]: string | undefined })[];
  const all = (element: string) => elements.filter((each) => each.element === element);
  const byProtocol = (element: string, attribute: string) => {
    const found: Record<string, string[]> = {};
    for (const each of all(element)) {
      (found[each['sslversion'] ?? ''] ??= []).push(each[attribute] ?? '');
    }
    Object.values(found).forEach((values) => values.sort());
    return found;
  };
  const [key] = all('pk');
  if (all('protocol').length !== 6) {
    throw new Error(`sslscan did not scan: ${stdout}`);
  }
  return {
    protocols: all('protocol').flatMap(({ enabled, type, version }) => (enabled === '1' ? [`${type} ${version}`] : [])),
    ciphers: byProtocol('cipher', 'cipher'),
    groups: byProtocol('group', 'name'),
    renegotiation: all('renegotiation').some(({ supported }) => supported === '1'),
    heartbleed: all('heartbleed').some(({ vulnerable }) => vulnerable === '1'),
    key: key === undefined ? null : `${key['type']} ${key['curve_name'] ?? key['bits']}`,
  };
}

/** What `openssl s_client` says of one connection, in which it asks for a renegotiation; sslscan has no word for the rest. */
export function talkTls(port: number, name: string, ...options: readonly string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', name, ...options]);
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 20_000);
  let said = '';
  let hasAsked = false;
  let hasEnded = false;
  const take = (chunk: string): void => {
    said += chunk;
    // `R` on a line of its own: renegotiate. Understood only once the handshake is over.
    if (!hasAsked && said.includes('Verify return code')) {
      hasAsked = true;
      child.stdin.write('R\n');
    }
    // Whatever follows is the answer: the refusal, or another handshake.
    if (!hasEnded && /RENEGOTIATING\s+\S/.test(said)) {
      hasEnded = true;
      child.stdin.end('Q\n');
    }
  };
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(giveUp);
      resolve(said);
    });
  });
}
