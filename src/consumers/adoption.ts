import type { Command } from './consumer.js';
import type { HttpServerSpec } from './http-server-spec.js';

/** Whether the machine's own server is used. */
export function isAdopted({ system }: HttpServerSpec): boolean {
  return (system ?? null) !== null;
}

/**
 * `<user> ALL=(root) NOPASSWD: …`, with exactly these commands and arguments: no wildcards, so that nothing else can be asked
 * for (sudoers(5)).
 */
export function sudoersLine(user: string, commands: readonly Command[]): string {
  const listed = commands.map(({ file, args }) => [file, ...args].map(sudoersWord).join(' '));
  return `${user} ALL=(root) NOPASSWD: ${listed.join(', ')}`;
}

/** These characters mean something in a list of commands. */
const sudoersWord = (word: string): string => word.replaceAll(/[\\,:=]/g, String.raw`\$&`);

/** The command as the runner calls it: as root already, or by that line, without ever asking for a password. */
export function asRoot(command: Command, isRoot: boolean): Command {
  return isRoot ? command : { ...command, file: 'sudo', args: ['-n', '--', command.file, ...command.args] };
}
