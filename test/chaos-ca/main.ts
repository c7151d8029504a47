/**
 * The chaos CA by hand:
 *
 *     node --import @oxc-node/core/register test/chaos-ca/main.ts --port 14000 --http-port 5002 --fault badNonce=0.05
 *
 * `--fault name[=probability]` as often as wanted; `--limits` for the buckets of Let's Encrypt; `--dns 127.0.0.1:8053` to ask a server;
 * `--life seconds` for certificates that end soon; `--eab kid=secret`. It prints where it is, and ends with SIGINT or SIGTERM.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { FAULTS, isFaultName, type FaultRule } from './faults.js';
import { LETS_ENCRYPT_PROFILES, withLife } from './profile.js';
import { startChaosCa } from './start-chaos-ca.js';
import { ServerResolver } from './validation/resolver.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'http-port': { type: 'string', default: '80' },
    'tls-port': { type: 'string', default: '443' },
    seed: { type: 'string', default: '1' },
    dns: { type: 'string' },
    life: { type: 'string' },
    eab: { type: 'string', multiple: true, default: [] },
    fault: { type: 'string', multiple: true, default: [] },
    limits: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function faultOf(text: string): FaultRule {
  const [fault = '', probability = '1'] = text.split('=');
  if (!isFaultName(fault)) {
    throw new TypeError(`There is no fault "${fault}": ${Object.keys(FAULTS).join(', ')}.`);
  }
  return { fault, probability: Number(probability) };
}

async function main(): Promise<void> {
  if (values.help) {
    const faults = Object.entries(FAULTS).map(([name, text]) => `  ${name.padEnd(24)} ${text}`);
    process.stdout.write(`Faults:\n${faults.join('\n')}\n`);
    return;
  }
  const lifeMs = Number(values.life) * 1_000;
  const ca = await startChaosCa({
    port: Number(values.port),
    httpPort: Number(values['http-port']),
    tlsPort: Number(values['tls-port']),
    seed: Number(values.seed),
    faults: values.fault.map(faultOf),
    externalAccounts: Object.fromEntries(values.eab.map((each) => each.split('=', 2))) as Record<string, string>,
    ...(values.dns !== undefined && { resolver: new ServerResolver(values.dns) }),
    ...(values.limits && { limits: {}, limitsRequests: true }),
    ...(values.life !== undefined && {
      profiles: withLife(LETS_ENCRYPT_PROFILES, { classic: lifeMs, tlsserver: lifeMs, shortlived: lifeMs }),
    }),
  });
  const management = new URL('/chaos', ca.directoryUrl).href;
  process.stdout.write(`${JSON.stringify({ directory: ca.directoryUrl, root: ca.listenerRootPath, management })}\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await ca.stop();
}

await main();
