import { constants as osConstants } from 'node:os';
import type { CheckerComplaint } from '../consumer.js';

/** `AH00526: Syntax error on line 12 of /dir/a.conf:`, nested where one file includes another; the innermost counts. */
const PLACE = /Syntax error on line (?<line>\d+) of (?<file>[^\s:]+):\s*/g;
/** What stands around places: who speaks, and once more the place. */
const BEFORE_PLACE = /^(?:[\w.-]+: |AH\d+: ?)?/;
const PLACE_AGAIN = /^\S+:\d+: /;
const BIND_FAILED = /\((\d+)\)[^:]*: AH00072: make_sock: could not bind to address (\S+)/;
/** Of a log line, what comes before the message. */
const PREFIX = /^\[[^\]]+\] \[\w+:\w+\] (?:\[pid [^\]]+\] )?/;
const ABSOLUTE_PATH = /(?:^|[\s"'(])(?<path>\/[^\s"',)]+)/;
const FATAL = /\[\w+:(?:emerg|alert|crit)\]/;
const MAX_SENTENCE = 400;

/**
 * Reads what Apache says: as a checker (a place on one line, what is wrong there on the next), and in a log, where the lines
 * that end a start are `emerg` and the one that names a file says most.
 */
export function complaint(output: string, directory: string): CheckerComplaint {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [, errno, address] = BIND_FAILED.exec(output) ?? [];
  const bind = address === undefined ? null : { address, inUse: Number(errno) === osConstants.errno.EADDRINUSE };
  const placed = atPlace(lines);
  const { text, file } = placed ?? { text: weightiest(lines), file: null };
  const relative = (value: string): string => value.replaceAll(`${directory}/`, '');
  return {
    sentence: relative(text).slice(0, MAX_SENTENCE) || 'The checker failed without a word.',
    file: file === null ? null : relative(file),
    mentions: file === null ? (ABSOLUTE_PATH.exec(text)?.groups?.['path'] ?? null) : null,
    bind,
  };
}

/** What the server wrote when it could not take a configuration: its last words. What it says of a place has no number of a process. */
export function refusal(logged: string, directory: string, master: number | undefined): CheckerComplaint | undefined {
  const isIts = (line: string): boolean => {
    const pid = /\[pid (\d+)/.exec(line)?.[1];
    return master === undefined || pid === undefined || Number(pid) === master;
  };
  const its = logged.split('\n').filter(isIts).join('\n');
  return FATAL.test(its) || its.includes('Syntax error on line') ? complaint(its, directory) : undefined;
}

function atPlace(lines: readonly string[]): { readonly text: string; readonly file: string } | undefined {
  for (const [index, line] of lines.entries()) {
    const places = [...line.matchAll(PLACE)];
    const groups = places.at(-1)?.groups;
    if (groups !== undefined) {
      const rest = line.replace(PREFIX, '').replace(PLACE, '').replace(BEFORE_PLACE, '').replace(PLACE_AGAIN, '');
      return {
        text: `${rest || (lines[index + 1] ?? '')} in ${groups['file']}:${groups['line']}`,
        file: groups['file'] ?? '',
      };
    }
  }
  return undefined;
}

function weightiest(lines: readonly string[]): string {
  const fatal = lines.filter((line) => FATAL.test(line)).map((line) => line.replace(PREFIX, ''));
  const said = lines.filter((line) => !/\[\w+:(?:warn|notice|info|error)\]|AH00558|AH00112/.test(line));
  return fatal.find((line) => ABSOLUTE_PATH.test(line)) ?? fatal[0] ?? said[0]?.replace(PREFIX, '') ?? '';
}
