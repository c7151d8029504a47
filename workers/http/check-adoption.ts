import { access, constants } from 'node:fs/promises';
import type { Command } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { configInvalid } from './check-and-quarantine.js';
import { findMaster } from './daemon.js';
import type { Effects, Target } from './effects.js';
import { portHolder } from './port-holder.js';
import { ok, warning, type Finding } from './health-finding.js';
import {
  checkSystem,
  fileWithInclude,
  isRoot,
  notIncluded,
  notPermitted,
  systemDown,
  type SystemTarget,
} from './system-server.js';

/** The line that brings in our configuration. @throws DomainError SERVER_NOT_ADOPTED naming file and line */
export async function checkInclude(_target: Target, system: SystemTarget): Promise<Finding> {
  const file = fileWithInclude(system);
  if (file !== undefined) {
    return ok(`${file} includes the configuration of Hlér.`);
  }
  if (await isReadable(system.mainFile)) {
    throw notIncluded(system);
  }
  return warning(
    `${system.mainFile} cannot be read by the runner, which therefore cannot tell whether it includes our configuration.`,
    `Let it be read: chmod o+r ${system.mainFile}`,
  );
}

/** The sudoers line. Asked of sudo itself, argument by argument. @throws DomainError SERVER_NOT_ADOPTED */
export async function checkPermissions({ adoption, mainFile }: SystemTarget, effects: Effects): Promise<Finding> {
  if (isRoot()) {
    return ok('The runner is root: it needs no line for sudo.');
  }
  for (const command of [adoption.check(mainFile), adoption.reload(mainFile)]) {
    if (!(await effects.run(asked(command))).ok) {
      throw notPermitted(command);
    }
  }
  return ok('The runner may check and reload the web server as root, by sudo.');
}

/** `sudo -l` tells whether a command is permitted, without running it. */
function asked(command: Command): Command {
  return { file: 'sudo', args: ['-n', '-l', '--', command.file, ...command.args], timeoutMs: 30_000 };
}

/** @throws DomainError HTTP_CONFIG_INVALID, SERVER_NOT_ADOPTED */
export async function checkWhole(target: Target, system: SystemTarget, effects: Effects): Promise<Finding> {
  const complaint = await checkSystem(target, system, effects);
  if (complaint !== undefined) {
    throw configInvalid(complaint);
  }
  return ok(`${target.consumer.name} takes its whole configuration, ours and everybody's.`);
}

/** What its administrator has to load for us. @throws DomainError PROGRAM_MISSING naming the modules */
export async function checkModules(
  target: Target,
  { adoption, mainFile }: SystemTarget,
  effects: Effects,
): Promise<Finding> {
  const { modules } = adoption;
  if (modules === null) {
    return ok(`${target.consumer.name} has what is needed built in.`);
  }
  const result = await effects.run(modules.list(mainFile));
  if (!result.ok) {
    const { sentence } = target.consumer.complaint(result.stderr, target.directory);
    return warning(
      `The loaded modules cannot be told: ${sentence}`,
      `Run as the runner: ${[modules.list(mainFile).file, ...modules.list(mainFile).args].join(' ')}`,
    );
  }
  const loaded = modules.read(result.stdout);
  const lacking = modules.required.filter((name) => !loaded.includes(name));
  if (lacking.length > 0) {
    const names = lacking.join(' ');
    throw new DomainError('PROGRAM_MISSING', `The machine's own ${target.consumer.name} has not loaded: ${names}.`, {
      details: { modules: lacking },
      hint: `Run as root: a2enmod ${names}, and restart it.`,
    });
  }
  return ok(`${loaded.length} modules are loaded, all that are needed among them.`);
}

/** @throws DomainError HTTP_SERVER_DOWN when it does not run */
export async function checkSystemPorts(target: Target, system: SystemTarget): Promise<Finding> {
  const master = await findMaster(target);
  if (master === undefined) {
    throw systemDown(target, system);
  }
  const { httpPort, httpsPort } = target.server;
  const silent: number[] = [];
  for (const port of [httpPort, httpsPort]) {
    if ((await portHolder(port)) === null) {
      silent.push(port);
    }
  }
  if (silent.length === 0 || system.adoption.listensByItself) {
    return ok(`${target.consumer.name} runs (process ${master}), and is to serve ${httpPort} and ${httpsPort}.`);
  }
  throw new DomainError('HTTP_SERVER_DOWN', `Nothing listens on ${silent.join(' and ')}.`, {
    details: { ports: silent },
    hint: `Add to the configuration of the machine's own ${target.consumer.name}: ${silent.map((port) => `Listen ${port}`).join(', ')}; then restart it.`,
  });
}

async function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}
