/** What is wrong with a file: not there, another content (or no plain file), not wanted, another mode, another owner. */
export const FILE_PROBLEMS = ['MISSING', 'CHANGED', 'EXTRA', 'MODE', 'OWNER'] as const;
export type FileProblem = (typeof FILE_PROBLEMS)[number];

/** A file that is not as it should be. */
export interface DriftedFile {
  /** As `details.file` of errors: relative to the configuration of the web server; of a certificate, `tls/…`. */
  readonly path: string;
  readonly problems: readonly FileProblem[];
  /** The same for people. */
  readonly message: string;
  /** Unified, from what is there to what should be; null where there is none to show, or none that may be shown. */
  readonly diff: string | null;
}

export const ANSWER_PROBLEMS = [
  'NO_ANSWER',
  'OTHER_CONFIGURATION',
  'OTHER_CERTIFICATE',
  'CERTIFICATE_UNUSABLE',
] as const;
export type AnswerProblem = (typeof ANSWER_PROBLEMS)[number];

/** A name that is not answered as it should be, whatever the files say. */
export interface DriftedAnswer {
  readonly url: string;
  readonly problem: AnswerProblem;
  readonly message: string;
}

/** What one task of a dry run found to differ from what should be. Bounded: what is beyond the bounds is counted. */
export interface Drift {
  readonly files: readonly DriftedFile[];
  readonly answers: readonly DriftedAnswer[];
  /** How many more of each there were. */
  readonly omittedFiles: number;
  readonly omittedAnswers: number;
  /** What a repair would run, as argv. */
  readonly commands: readonly (readonly string[])[];
}

/** For one operation, over all its tasks: no message, and no page of a front end, takes more. */
export const DRIFT_BOUNDS = { files: 500, answers: 200, diffBytes: 256 * 1024, diffBytesEach: 16 * 1024 } as const;

export const NO_DRIFT: Drift = { files: [], answers: [], omittedFiles: 0, omittedAnswers: 0, commands: [] };

export function isDrift({ files, answers }: Drift): boolean {
  return files.length > 0 || answers.length > 0;
}

/** Pure: the reports of all tasks of an operation as one. */
export function joinDrifts(drifts: readonly Drift[]): Drift {
  const commands = drifts.flatMap((drift) => drift.commands);
  return {
    files: drifts.flatMap(({ files }) => files),
    answers: drifts.flatMap(({ answers }) => answers),
    omittedFiles: drifts.reduce((sum, { omittedFiles }) => sum + omittedFiles, 0),
    omittedAnswers: drifts.reduce((sum, { omittedAnswers }) => sum + omittedAnswers, 0),
    commands: [...new Map(commands.map((argv) => [JSON.stringify(argv), argv])).values()],
  };
}
