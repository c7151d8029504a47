import type { DriftedAnswer, DriftedFile, FileProblem } from '../../src/operations/domain/drift.js';
import type { StoredFile } from './http-change.js';
import type { LiveFile } from './live-files.js';
import { unifiedDiff } from './unified-diff.js';
import { hasDigest, type Observation } from './verify.js';

/** What of a file is not as it should be; `diffBytes` limits what is shown of it. Pure. */
export function driftedFile(wanted: StoredFile, live: LiveFile, diffBytes: number): DriftedFile {
  const found = findings(wanted, live);
  return {
    path: wanted.path,
    problems: found.map(([problem]) => problem),
    message: `${found.map(([, sentence]) => sentence).join(', ')}.`,
    diff:
      diffBytes > 0 && mayBeShown(wanted, live)
        ? unifiedDiff(live.content ?? '', wanted.content ?? '', diffBytes) || null
        : null,
  };
}

type Finding = readonly [problem: FileProblem, sentence: string];

function findings(wanted: StoredFile, live: LiveFile): readonly Finding[] {
  const { oddity } = live;
  const isThere = live.content !== null || oddity !== null;
  if (wanted.content === null) {
    return [['EXTRA', `${wanted.path} belongs to no site${kindOf(live)}`]];
  }
  if (!isThere) {
    return [['MISSING', `${wanted.path} is not there`]];
  }
  if (oddity !== null && oddity.type !== 'OWNER') {
    return [['CHANGED', `${wanted.path} is no plain file${kindOf(live)}`]];
  }
  const changed: Finding = ['CHANGED', `${wanted.path} does not hold what it should`];
  const mode: Finding = ['MODE', `${wanted.path} has mode ${octal(live.mode)} instead of ${octal(wanted.mode)}`];
  return [
    ...(live.content === wanted.content ? [] : [changed]),
    ...(live.mode === wanted.mode ? [] : [mode]),
    ...(oddity === null ? [] : [['OWNER', `${wanted.path} belongs to the account ${oddity.uid}`] as const]),
  ];
}

function kindOf({ oddity }: LiveFile): string {
  return oddity?.type === 'LINK'
    ? ` (it is a symbolic link)`
    : oddity?.type === 'NOT_A_FILE'
      ? ' (it is a directory or a device)'
      : '';
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/**
 * What only its owner may read is a secret, on either side; what lies behind a link, or belongs to another account, is somebody
 * else's, and the runner may be able to read more than whoever reads the report.
 */
function mayBeShown(wanted: StoredFile, live: LiveFile): boolean {
  const isOpen = ({ content, mode }: StoredFile): boolean => content === null || (mode & 0o004) !== 0;
  return live.oddity === null && isOpen(wanted) && isOpen(live);
}

/** A name that is not answered as it should be; undefined when it is. Pure. */
export function driftedAnswer({ expectation, answer, problem }: Observation): DriftedAnswer | undefined {
  if (problem === null) {
    return undefined;
  }
  const url = `${expectation.scheme}://${expectation.name}/`;
  const answersRightly = hasDigest(answer, expectation.digest);
  const kind = answer.error !== null ? 'NO_ANSWER' : answersRightly ? 'OTHER_CERTIFICATE' : 'OTHER_CONFIGURATION';
  return { url, problem: kind, message: `${url}: ${problem}.` };
}
