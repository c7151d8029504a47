import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Consumer, ConsumerModules, HttpServerSpec, MachineFacts } from '../../src/consumers/index.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { systemFacts } from './system-server.js';

/** Accounts that distributions give to web servers, the usual one first. */
const WORKER_ACCOUNTS = ['www-data', 'nginx', 'http', 'nobody'];

const found = z.object({
  tlsGroups: z.array(z.string()).optional(),
  programVersion: z.string().optional(),
});

/** The server as registered, with what `server.check` of the same operation found out about it, and what is seen here and now. */
export function effectiveServer(
  server: HttpServerSpec,
  outputs: { readonly [task: string]: PlainObject },
  consumer: Consumer,
): HttpServerSpec {
  const { tlsGroups, programVersion } = found.safeParse(outputs['server.check']).data ?? {};
  const system = systemFacts(consumer, server);
  // The accounts of the machine's own server are its administrator's choice.
  const account = workerAccount(server.workerUser ?? (process.getuid?.() === 0 ? (system?.workerUser ?? null) : null));
  return {
    ...server,
    tlsGroups: tlsGroups ?? server.tlsGroups,
    programVersion: programVersion ?? server.programVersion,
    workerUser: account?.name ?? null,
    machine: { workerGroupId: account?.groupId ?? null, modules: findModules(consumer.inspection.modules), system },
  };
}

interface Account {
  readonly name: string;
  readonly groupId: number | null;
}

/**
 * The account that answers requests: the one that is wished for, else one of the usual ones when the master runs as root;
 * null when it does not, and cannot change accounts.
 */
function workerAccount(wished: string | null): Account | null {
  if (wished === null && process.getuid?.() !== 0) {
    return null;
  }
  const groups = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , , group = '']) => [name, Number(group)] as const),
  );
  const name = wished ?? WORKER_ACCOUNTS.find((account) => groups.has(account)) ?? 'nobody';
  return { name, groupId: groups.get(name) ?? null };
}

/** The modules of the first directory that is there. */
export function findModules(modules: ConsumerModules | null): MachineFacts['modules'] {
  for (const directory of modules?.directories ?? []) {
    try {
      const names = readdirSync(directory).flatMap((file) => /^mod_([a-z0-9_]+)\.so$/.exec(file)?.[1] ?? []);
      return { directory, names: names.toSorted() };
    } catch {
      continue;
    }
  }
  return null;
}
