import { constants as osConstants } from 'node:os';
import type { CheckerComplaint } from '../consumer.js';

/** A complaint ends with ` in <file>:<line>` when it is about a place in the configuration. */
const PLACE = / in (?<file>\S+):\d+$/;
/** Complaints about certificates and keys name these files, but no place. */
const QUOTED_PATH = /"(?<path>\/[^"]+)"/;
const BIND_FAILED = /bind\(\) to (\S+) failed \((\d+):/;
const MAX_SENTENCE = 400;

/**
 * Reads what nginx says, as a checker (`nginx: [emerg] …`) and in a log (`<date> [emerg] 1#1: …`). It stops at the first
 * error, so there is one complaint; warnings before it are not the reason.
 */
export function complaint(output: string, directory: string): CheckerComplaint {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.find((line) => /\[(emerg|alert|crit)\]/.test(line)) ?? lines.find((line) => line !== '') ?? '';
  const text = line.replace(/^.*?\[[a-z]+\] (\d+#\d+: )?/, '');
  const file = PLACE.exec(text)?.groups?.['file'] ?? null;
  return {
    sentence: text.replaceAll(`${directory}/`, '').slice(0, MAX_SENTENCE) || 'The checker failed without a word.',
    file: file?.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file,
    mentions: file === null ? (QUOTED_PATH.exec(text)?.groups?.['path'] ?? null) : null,
    bind: bindFailure(text),
  };
}

function bindFailure(text: string): CheckerComplaint['bind'] {
  const [, address, errno] = BIND_FAILED.exec(text) ?? [];
  return address === undefined ? null : { address, inUse: Number(errno) === osConstants.errno.EADDRINUSE };
}
