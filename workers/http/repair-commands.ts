import { asRoot, type Command } from '../../src/consumers/index.js';
import { findMaster } from './daemon.js';
import type { Target } from './effects.js';
import { isRoot, systemOf } from './system-server.js';

const argv = ({ file, args }: Command): readonly string[] => [file, ...args];

/** What bringing changed files into force would run, as argv: the check of the whole configuration, then a reload or a start. */
export async function repairCommands(target: Target): Promise<readonly (readonly string[])[]> {
  const { consumer, server, directory } = target;
  const system = systemOf(target);
  if (system !== undefined) {
    const { adoption, mainFile } = system;
    return [adoption.check(mainFile), adoption.reload(mainFile)].map((command) => argv(asRoot(command, isRoot())));
  }
  const master = await findMaster(target);
  const reload =
    master === undefined
      ? argv(consumer.commands.start(server))
      : ['kill', '-s', consumer.daemon.reloadSignal.replace(/^SIG/, ''), String(master)];
  return [argv(consumer.commands.check(server, directory)), reload];
}
