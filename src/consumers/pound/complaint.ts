import type { CheckerComplaint } from '../consumer.js';
import { INDEX_FILES } from './index-files.js';

/** `pound: vhost.d/a.conf:1.1-8: unrecognized keyword`, with columns, or lines and columns. */
const PLACE = /^(?<file>[^\s:]+):(?<line>\d+)(?:[.-][\d.-]*)?: (?<text>.*)$/;
const PROGRAM = /^(?:\S*\/)?pound: /;
const CERTIFICATE = /^(?<path>\/[^\s:]+): (?<text>.*)$/;
const BIND_FAILED = /can't bind HTTPS? socket to (\S+): (.+)$/;
const NOISE = /^(starting\.\.\.|pound terminated|.* warning: .*)$/;
const MAX_SENTENCE = 400;

/**
 * Reads what Pound says, as a checker and when it starts. The first complaint counts. One about a file that only names others
 * is about what it names.
 */
export function complaint(output: string, directory: string): CheckerComplaint {
  const lines = output
    .split('\n')
    .map((line) => line.trim().replace(PROGRAM, ''))
    .filter((line) => line !== '' && !NOISE.test(line));
  const [first = ''] = lines.filter((line) => PLACE.test(line)).concat(lines);
  const groups = PLACE.exec(first)?.groups;
  const said = groups?.['text'] ?? first;
  const file = groups?.['file']?.replace(`${directory}/`, '') ?? null;
  const mentions = CERTIFICATE.exec(said)?.groups?.['path'] ?? null;
  const place = file === null ? '' : ` in ${file}:${groups?.['line']}`;
  const [, address, reason] = BIND_FAILED.exec(first) ?? [];
  return {
    sentence: `${said}${place}`.slice(0, MAX_SENTENCE) || 'The checker failed without a word.',
    file: file !== null && isIndex(file) ? null : file,
    mentions,
    bind: address === undefined ? null : { address, inUse: reason === 'Address already in use' },
  };
}

const isIndex = (file: string): boolean => INDEX_FILES.some((name) => name === file);
