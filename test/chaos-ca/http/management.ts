import { parseIdentifiers } from '../identifier.js';
import { FAULTS, isFaultName, type FaultRule } from '../faults.js';
import type { CaState } from '../state.js';
import { MapResolver } from '../validation/resolver.js';
import { parseObject } from './jws.js';
import type { Reply } from './request.js';
import type { SideDoor } from './server.js';

type Body = Readonly<Record<string, unknown>>;
type Order = (ca: CaState, body: Body) => unknown;

const MANAGEMENT: Readonly<Record<string, Order>> = {
  'GET /chaos': () => ({ faults: FAULTS, paths: Object.keys(MANAGEMENT) }),
  'GET /chaos/state': stateOf,
  'GET /chaos/roots': (ca) => ({ roots: ca.certifier.trusted.roots, staging: ca.certifier.staging.roots }),
  /** `{ set: ISO }`, `{ advanceMs }`, `{ freeze: true }`, `{ run: true }`. */
  'POST /chaos/clock': moveClock,
  /** A rule, or `{ clear: name or true }`. */
  'POST /chaos/faults': setFaults,
  /** `{ names?, explanationUrl? }`: certificates with any of these names, or all, must be replaced at once. */
  'POST /chaos/incident': incident,
  /** `{ account }`. */
  'POST /chaos/unpause': (ca, { account }) => ca.desk.limits?.unpause(String(account)),
  /** `{ hosts, txt, servfail }`, each by name; only where DNS is a map. */
  'POST /chaos/dns': setDns,
};

/** The way in for tests that run in another process. */
export function management(ca: () => CaState): SideDoor {
  return async (method, path, body): Promise<Reply | undefined> => {
    const act = MANAGEMENT[`${method} ${path}`];
    if (act === undefined) {
      return undefined;
    }
    try {
      const done = act(ca(), body === '' ? {} : parseObject(body, 'body'));
      return { status: 200, body: done ?? {} };
    } catch (error) {
      return { status: 400, body: { error: (error as Error).message } };
    }
  };
}

function stateOf(ca: CaState): unknown {
  return {
    now: ca.clock.now().toISOString(),
    faults: ca.faults.fired(),
    accounts: ca.accounts.size,
    orders: ca.orders.size,
    certificates: [...ca.certificates.values()].map(({ facts }) => facts),
  };
}

function moveClock({ clock }: CaState, { set, advanceMs, freeze, run }: Body): unknown {
  if (typeof set === 'string') {
    clock.set(new Date(set));
  }
  if (typeof advanceMs === 'number') {
    clock.advance(advanceMs);
  }
  if (freeze === true) {
    clock.freeze();
  }
  if (run === true) {
    clock.run();
  }
  return { now: clock.now().toISOString() };
}

function setFaults({ faults }: CaState, { clear, ...rule }: Body): unknown {
  if (clear !== undefined) {
    faults.clear(isFaultName(clear) ? clear : undefined);
  }
  if (rule.fault !== undefined) {
    faults.add(rule as unknown as FaultRule);
  }
  return { fired: faults.fired() };
}

function incident({ desk, clock }: CaState, { names, explanationUrl }: Body): unknown {
  const wanted = Array.isArray(names) ? parseIdentifiers(names.map((value: unknown) => ({ type: 'dns', value }))) : [];
  const values = new Set(wanted.map(({ value }) => value));
  const isHit = (identifiers: readonly string[]): boolean =>
    values.size === 0 || identifiers.some((identifier) => values.has(identifier));
  const url = typeof explanationUrl === 'string' ? explanationUrl : undefined;
  return { certificates: desk.certificates.incident((each) => isHit(each.identifiers), clock.ms(), url) };
}

function setDns({ surroundings: { resolver } }: CaState, { hosts = {}, txt = {}, servfail = [] }: Body): unknown {
  if (!(resolver instanceof MapResolver)) {
    throw new TypeError('This CA asks a DNS server; change what that one says.');
  }
  Object.entries(hosts as Record<string, readonly string[]>).forEach(([name, each]) => resolver.hosts.set(name, each));
  Object.entries(txt as Record<string, readonly string[]>).forEach(([name, each]) => resolver.texts.set(name, each));
  (servfail as readonly string[]).forEach((name) => resolver.failing.add(name));
  return {};
}
