import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckerComplaint, ConsumerSuccession } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { later } from '../../src/shared/failure.js';
import { check } from './check.js';
import { configInvalid } from './check-and-quarantine.js';
import { findMaster, findServing, findWorkers } from './daemon.js';
import { errnoOf } from '../system/fs-error.js';
import type { Effects, Target } from './effects.js';
import { endOrphans } from './end-orphans.js';
import { errorLogFromHere } from './error-log.js';
import { programMissing } from './program-missing.js';
import { succeed } from './succeed.js';
import { checkSystem, reloadSystem, systemDown, systemOf, type SystemTarget } from './system-server.js';

const LOOK_EVERY_MS = 20;
const ROUNDS = 4;

/**
 * Makes the live configuration the one in force as soon as the server has read it: this returns before that.
 * @throws DomainError HTTP_SERVER_MISSING, HTTP_CONFIG_INVALID, PORT_IN_USE, HTTP_SERVER_DOWN
 */
export async function reloadOrStart(target: Target, effects: Effects): Promise<'RELOADED' | 'STARTED'> {
  const system = systemOf(target);
  if (system !== undefined) {
    await reloadAdopted(target, system, effects);
    return 'RELOADED';
  }
  // Whoever else keeps the server running may start or end it in the same moment: then a start finds the ports taken,
  // or the server found has gone before it is told. Each is a reason to look again, and not one to fail.
  let failure: DomainError | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const master = await findServing(target);
    if (master === undefined && failure !== undefined) {
      throw failure;
    }
    if (master !== undefined && (await reload(target, master, effects)) === 'TOLD') {
      return 'RELOADED';
    }
    failure = await start(target, effects);
    if (failure === undefined) {
      return 'STARTED';
    }
  }
  throw failure ?? new Error('A server that was neither reloaded nor started has a failure.');
}

/** The last gate is the checker of the whole, which only root can ask. Its init system starts it, not we. */
async function reloadAdopted(target: Target, system: SystemTarget, effects: Effects): Promise<void> {
  if ((await findMaster(target)) === undefined) {
    throw systemDown(target, system);
  }
  const complaint = await checkSystem(target, system, effects);
  if (complaint !== undefined) {
    throw configInvalid(complaint);
  }
  await reloadSystem(target, system, effects);
}

async function reload(target: Target, master: number, effects: Effects): Promise<'TOLD' | 'GONE'> {
  const { succession } = target.consumer;
  if (succession !== undefined) {
    await takeOver(target, succession, master, effects);
    return 'TOLD';
  }
  if (!target.consumer.capabilities.survivesBadReload) {
    await untilItListens(target, effects);
    // An administrator may have written a file since the staged set was checked, and it would be the end of the server.
    const complaint = await check(target, target.directory, effects);
    if (complaint !== undefined) {
      throw configInvalid(complaint);
    }
  }
  try {
    effects.signal(master, target.consumer.daemon.reloadSignal);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') {
      return 'GONE';
    }
    throw error;
  }
  return 'TOLD';
}

/** A process that took the ports in the moment when nobody had them is no reason to stay down: the start is tried once more. */
async function takeOver(
  target: Target,
  succession: ConsumerSuccession,
  master: number,
  effects: Effects,
): Promise<void> {
  const end = await succeed(target, succession, master, effects);
  if (end.type === 'NOT_PREPARED') {
    throw programMissing(target, end.result) ?? configInvalid(end.complaint);
  }
  if (end.type === 'NOT_STARTED') {
    const failure = await start(target, effects);
    if (failure !== undefined && (await findServing(target)) === undefined) {
      throw failure;
    }
  }
}

/**
 * While it starts, or reads a configuration, a signal to it is lost, or ends it. It has done so when a worker takes
 * connections; one that never will is told nevertheless.
 */
async function untilItListens(target: Target, effects: Effects): Promise<void> {
  const until = performance.now() + effects.inForceWithinMs;
  while (performance.now() < until) {
    if ((await findWorkers(target)).some(({ isRetiring }) => isRetiring !== true)) {
      return;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** Undefined when it was started. */
async function start(target: Target, effects: Effects): Promise<DomainError | undefined> {
  const { consumer, server } = target;
  await endOrphans(target, effects);
  await forgetStranger(target);
  const readRefusal = await errorLogFromHere(target);
  const result = await effects.run(consumer.commands.start(server));
  if (result.ok) {
    return undefined;
  }
  const complaint = (await readRefusal()) ?? consumer.complaint(result.stderr, target.directory);
  return programMissing(target, result) ?? startFailure(target, complaint);
}

/** The number in the pid file may be somebody else's by now: apache would take that one for itself, and not start. */
async function forgetStranger(target: Target): Promise<void> {
  const path = target.consumer.daemon.pidFile(target.server);
  const written = await readFile(path, 'utf8').catch(() => '');
  if (written !== '' && (await findMaster(target)) === undefined) {
    await rm(path, { force: true });
  }
}

function startFailure({ consumer, server }: Target, { sentence, bind }: CheckerComplaint): DomainError {
  const details = { checker: sentence, errorLog: consumer.daemon.errorLog(server) };
  if (bind?.inUse === true) {
    const { address } = bind;
    return new DomainError('PORT_IN_USE', `${consumer.name} cannot start: another process listens on ${address}.`, {
      details: { ...details, address, port: Number(address.split(':').at(-1)) },
      retry: later(60_000),
    });
  }
  return new DomainError('HTTP_SERVER_DOWN', `${consumer.name} does not start: ${sentence}`, { details });
}
