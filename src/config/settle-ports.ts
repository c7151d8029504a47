import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { assertNever } from '../shared/assert-never.js';
import { DomainError } from '../shared/domain-error.js';
import { BACKEND_ADDRESS, PORT_VARIABLES, type Config, type Ports, type PortVariable } from './config.js';
import { deepFreeze } from './deep-freeze.js';
import { errno, writeFileDurably } from './durable-file.js';
import { usedPorts } from './used-ports.js';
import { isLoopback, probePort } from './probe-port.js';

/** How far above a busy default port a free one is looked for. */
const REACH = 200;

const portsFile = z.partialRecord(z.enum(PORT_VARIABLES), z.int().min(1).max(65_535));
type RememberedPorts = z.infer<typeof portsFile>;

/** Tells that a busy port is no obstacle, because what listens there belongs to this root: the nginx of an earlier start. */
export type IsOurPort = (port: number) => Promise<boolean>;

/**
 * For `hler up`: the configuration with ports that are free now. A stated port is used or refused; another one is the
 * one remembered in `state/ports.json`, else the default, else (on loopback only) the next free one, and is remembered,
 * so that every later start serves the same URLs. Nothing is held: whoever listens first has the port.
 * @throws DomainError PORT_IN_USE naming the port and its variable; CONFIG_INVALID for an address or port that this
 * user cannot listen on, or an unreadable ports.json
 */
export async function settlePorts(config: Config, isOurs: IsOurPort = async () => false): Promise<Readonly<Config>> {
  const path = join(config.paths.state, 'ports.json');
  const remembered = await readRemembered(path);
  const used = usedPorts(config.tlsConsumer);
  const settled: Partial<Record<PortVariable, number>> = {};
  for (const variable of used) {
    // Those of the machine's own server are busy as a rule, with that server.
    if (config.httpDaemon === 'system' && variable !== 'HLER_API_PORT') {
      settled[variable] = config.ports[variable];
      continue;
    }
    const taken = new Set([...Object.values(settled), ...Object.values(remembered), ...Object.values(config.ports)]);
    settled[variable] = await settlePort(needOf(config, variable, remembered), taken, isOurs);
  }
  const ports: Ports = { ...config.ports, ...settled };
  await remember(path, remembered, config, ports);
  return deepFreeze({ ...config, ports });
}

/** The port that the API of this installation listens on, as far as can be told without asking it. */
export async function localApiPort(config: Config): Promise<number> {
  const remembered = await readRemembered(join(config.paths.state, 'ports.json'));
  return needOf(config, 'HLER_API_PORT', remembered).port;
}

function addressesOf({ apiHost, httpAddresses }: Config, variable: PortVariable): readonly string[] {
  switch (variable) {
    case 'HLER_API_PORT':
      return [apiHost];
    case 'HLER_BACKEND_PORT':
      return [BACKEND_ADDRESS];
    case 'HLER_HTTP_PORT':
    case 'HLER_HTTPS_PORT':
      return httpAddresses;
    default:
      return assertNever(variable);
  }
}

interface PortNeed {
  readonly variable: PortVariable;
  readonly port: number;
  readonly origin: 'STATED' | 'REMEMBERED' | 'DEFAULT';
  readonly addresses: readonly string[];
}

function needOf(config: Config, variable: PortVariable, remembered: RememberedPorts): PortNeed {
  const addresses = addressesOf(config, variable);
  if (config.statedPorts.includes(variable)) {
    return { variable, port: config.ports[variable], origin: 'STATED', addresses };
  }
  const before = remembered[variable];
  return before === undefined
    ? { variable, port: config.ports[variable], origin: 'DEFAULT', addresses }
    : { variable, port: before, origin: 'REMEMBERED', addresses };
}

async function settlePort(need: PortNeed, taken: ReadonlySet<number>, isOurs: IsOurPort): Promise<number> {
  const isFree = (port: number) => probePort(port, need.addresses, need.variable);
  if ((await isFree(need.port)) || (await isOurs(need.port))) {
    return need.port;
  }
  if (need.origin === 'DEFAULT' && need.addresses.every(isLoopback)) {
    for (let port = need.port + 1; port <= Math.min(need.port + REACH, 65_535); port += 1) {
      if (!taken.has(port) && (await isFree(port))) {
        return port;
      }
    }
  }
  throw portInUse(need);
}

function portInUse({ variable, port, origin }: PortNeed): DomainError {
  const otherwise = {
    STATED: `set ${variable} to another port`,
    DEFAULT: `set ${variable} to another port`,
    REMEMBERED: `set ${variable} to another port (this one is remembered from the last start, because sites are known by it)`,
  }[origin];
  return new DomainError(
    'PORT_IN_USE',
    `Port ${port} (${variable}) is in use by another process. Stop that process, or ${otherwise}.`,
    { details: { port, variable } },
  );
}

async function readRemembered(path: string): Promise<RememberedPorts> {
  try {
    return portsFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errno(error) === 'ENOENT') {
      return {};
    }
    throw new DomainError(
      'CONFIG_INVALID',
      `${path} cannot be read as the ports of the last start. Delete it to have ports chosen anew.`,
      { details: { path }, cause: error },
    );
  }
}

async function remember(path: string, before: RememberedPorts, config: Config, ports: Ports): Promise<void> {
  const isSystems = (variable: PortVariable): boolean => config.httpDaemon === 'system' && variable !== 'HLER_API_PORT';
  const chosen = usedPorts(config.tlsConsumer).filter(
    (variable) => !config.statedPorts.includes(variable) && !isSystems(variable),
  );
  const after: RememberedPorts = { ...before, ...Object.fromEntries(chosen.map((name) => [name, ports[name]])) };
  if (chosen.some((name) => before[name] !== ports[name])) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileDurably(path, `${JSON.stringify(after, null, 2)}\n`, 0o600);
  }
}
