import { readFileSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  asRoot,
  type CheckerComplaint,
  type Command,
  type Consumer,
  type ConsumerAdoption,
  type HttpServerSpec,
  type SystemFacts,
} from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import type { CommandResult } from '../system/run-command.js';
import type { Effects, Target } from './effects.js';
import { programMissing } from './program-missing.js';

/** The machine's own server, where that is the one in use. */
export interface SystemTarget {
  readonly adoption: ConsumerAdoption;
  readonly mainFile: string;
  readonly includeLine: string;
}

/** @throws DomainError CONFIG_INVALID for a consumer whose own server of the machine cannot be used */
export function systemOf({ consumer, server, directory }: Target): SystemTarget | undefined {
  const system = server.system ?? null;
  if (system === null) {
    return undefined;
  }
  const { adoption, name } = consumer;
  if (adoption === undefined) {
    throw new DomainError('CONFIG_INVALID', `The machine's own ${name} cannot be used.`, {
      hint: 'Set HLER_HTTP_DAEMON=own, and register the server anew.',
    });
  }
  return { adoption, mainFile: system.mainFile, includeLine: adoption.includeLine(directory) };
}

/** What its main file says, the files beside it that may hold our line included; what distributions have where it cannot be read. */
export function systemFacts(consumer: Consumer, server: HttpServerSpec): SystemFacts | null {
  const { adoption } = consumer;
  const mainFile = server.system?.mainFile;
  if (adoption === undefined || mainFile === undefined) {
    return null;
  }
  const text = [mainFile, ...besides(adoption, mainFile)].map(readOrNothing).join('\n');
  return adoption.facts(text);
}

/** The file that has our line, among those where it may stand; undefined when none has. */
export function fileWithInclude({ adoption, mainFile, includeLine }: SystemTarget): string | undefined {
  const wanted = words(includeLine);
  return [mainFile, ...besides(adoption, mainFile)].find((file) =>
    readOrNothing(file)
      .split('\n')
      .some((line) => words(line) === wanted),
  );
}

const words = (line: string): string => line.trim().replaceAll(/\s+/g, ' ').replaceAll('"', '').replace(/ ?;$/, ';');

function besides({ includedFolders }: ConsumerAdoption, mainFile: string): readonly string[] {
  return includedFolders.flatMap((folder) => {
    const directory = `${dirname(mainFile)}/${folder}`;
    return listOrNothing(directory)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => `${directory}/${name}`);
  });
}

function listOrNothing(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export const isRoot = (): boolean => process.geteuid?.() === 0;

/**
 * The whole configuration of the machine's server, ours and everybody's, as it lies there now.
 * @throws DomainError SERVER_NOT_ADOPTED, HTTP_SERVER_MISSING, COMMAND_FAILED
 */
export async function checkSystem(
  target: Target,
  { adoption, mainFile }: SystemTarget,
  effects: Effects,
): Promise<CheckerComplaint | undefined> {
  const result = await runAsRoot(target, adoption.check(mainFile), effects);
  return result.ok ? undefined : target.consumer.complaint(result.stderr, target.directory);
}

/** @throws DomainError SERVER_NOT_ADOPTED, HTTP_SERVER_MISSING, HTTP_SERVER_DOWN, COMMAND_FAILED */
export async function reloadSystem(
  target: Target,
  { adoption, mainFile }: SystemTarget,
  effects: Effects,
): Promise<void> {
  const result = await runAsRoot(target, adoption.reload(mainFile), effects);
  if (!result.ok) {
    const { sentence } = target.consumer.complaint(result.stderr, target.directory);
    throw new DomainError(
      'HTTP_SERVER_DOWN',
      `The machine's own ${target.consumer.name} could not be reloaded: ${sentence}`,
      {
        details: { checker: sentence },
      },
    );
  }
}

async function runAsRoot(target: Target, command: Command, effects: Effects): Promise<CommandResult> {
  const result = await effects.run(asRoot(command, isRoot()));
  if (!isRoot() && refusedBySudo(result)) {
    throw notPermitted(command);
  }
  const missing = programMissing(target, result);
  if (missing !== undefined) {
    throw missing;
  }
  if (result.outcome !== 'EXITED') {
    throw new DomainError('COMMAND_FAILED', `${command.file} did not end by itself.`, {
      details: { outcome: result.outcome, durationMs: result.durationMs },
    });
  }
  return result;
}

/** sudo speaks in its own name; it ends with 1, as most commands that it runs do when they fail. */
export function refusedBySudo({ outcome, ok, stderr }: CommandResult): boolean {
  return outcome === 'NOT_STARTED' || (!ok && /^sudo: /m.test(stderr));
}

export function notPermitted({ file, args }: Command): DomainError {
  const command = [file, ...args].join(' ');
  return new DomainError('SERVER_NOT_ADOPTED', `The runner may not run "${command}" as root.`, {
    details: { command },
    hint: 'Put the sudoers line that `hler server adopt` prints into /etc/sudoers.d/hler.',
  });
}

/** The line is missing in every file where it could stand. */
export function notIncluded({ adoption, mainFile, includeLine }: SystemTarget): DomainError {
  return new DomainError('SERVER_NOT_ADOPTED', `${mainFile} does not include the configuration of Hlér.`, {
    details: { file: mainFile, line: includeLine },
    hint: `Add the line "${includeLine}" to ${mainFile}, ${adoption.place}.`,
  });
}

/** Nobody but its init system starts it. */
export function systemDown({ consumer, server }: Target, { mainFile }: SystemTarget): DomainError {
  const pidFile = consumer.daemon.pidFile(server);
  return new DomainError('HTTP_SERVER_DOWN', `The machine's own ${consumer.name} (${mainFile}) does not run.`, {
    details: { pidFile },
    hint: `Start it (systemctl start ${consumer.inspection.package}); ${pidFile} must name its process.`,
  });
}
