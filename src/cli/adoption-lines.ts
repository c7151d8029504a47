import { sudoersLine, type Consumer } from '../consumers/index.js';
import { DomainError } from '../shared/domain-error.js';

export interface AdoptionQuestion {
  readonly consumer: Consumer;
  /** Holds `nginx/`, `apache/`. */
  readonly configDirectory: string;
  /** Null: where distributions have it. */
  readonly mainFile: string | null;
  /** The account that the runner runs as. */
  readonly user: string;
  readonly root: string;
}

export const SUDOERS_FILE = '/etc/sudoers.d/hler';
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,31}$/;

/**
 * The exact lines, and where each belongs. Pure: the same for the same question.
 * @throws DomainError CONFIG_INVALID for a consumer whose own server of the machine cannot be used, INPUT_INVALID for a user
 */
export function adoptionLines({ consumer, configDirectory, mainFile, user, root }: AdoptionQuestion): string {
  const { adoption, name } = consumer;
  if (adoption === undefined) {
    throw new DomainError('CONFIG_INVALID', `The machine's own ${name} cannot be used.`, {
      hint: 'Set HLER_HTTP_CONSUMER to another one, or leave HLER_HTTP_DAEMON as it is.',
    });
  }
  if (!ACCOUNT.test(user)) {
    throw new DomainError('INPUT_INVALID', `"${user}" is not the name of an account that sudo would take as it is.`, {
      details: { field: '--user' },
    });
  }
  const main = mainFile ?? adoption.mainFile;
  const sections = [
    [`# 1. ${main}, ${adoption.place}:`, adoption.includeLine(`${configDirectory}/${name}`)],
    user === 'root'
      ? ['# 2. Nothing for sudo: the runner is root.']
      : [
          `# 2. ${SUDOERS_FILE}, mode 0440 (check it before: visudo -c -f ${SUDOERS_FILE}):`,
          sudoersLine(user, [adoption.check(main), adoption.reload(main)]),
        ],
    [
      '# 3. The environment of Hlér:',
      `HLER_ROOT=${root}`,
      `HLER_HTTP_CONSUMER=${name}`,
      'HLER_HTTP_DAEMON=system',
      ...(mainFile === null ? [] : [`HLER_HTTP_SYSTEM_CONFIG=${mainFile}`]),
    ],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
