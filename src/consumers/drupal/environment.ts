import { DomainError } from '../../shared/domain-error.js';

/**
 * The names that a site's own environment may have: those of Ægir. An allow-list, because a FastCGI parameter may also be a
 * command (`SCRIPT_FILENAME`, `PHP_ADMIN_VALUE`).
 */
export const ENVIRONMENT_NAMES = [
  'MAIN_SITE_NAME',
  'db_type',
  'db_name',
  'db_user',
  'db_passwd',
  'db_host',
  'db_port',
] as const;
export type EnvironmentName = (typeof ENVIRONMENT_NAMES)[number];

export interface EnvironmentVariable {
  readonly name: EnvironmentName;
  /** May be empty: then PHP finds the name with an empty value. */
  readonly value: string;
}

/**
 * The last gate before the environment becomes configuration. Values are printable ASCII without `"`, `\` and `$`, which
 * no web server reads as anything but themselves between double quotes; nginx has no way to write a `$`.
 * @throws DomainError INPUT_INVALID, which never shows the value: it may be a password
 */
export function checkedEnvironment(environment: readonly EnvironmentVariable[]): readonly EnvironmentVariable[] {
  for (const { name, value } of environment) {
    if (!ENVIRONMENT_NAMES.includes(name) || !/^[ !#%-[\]-~]{0,1000}$/.test(value)) {
      throw new DomainError(
        'INPUT_INVALID',
        `The value of ${JSON.stringify(name.slice(0, 64))} in the environment of a site is not written into a configuration.`,
        { details: { field: 'environment' }, hint: 'Use printable ASCII characters other than ", \\ and $.' },
      );
    }
  }
  return environment;
}
