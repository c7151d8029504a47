/** The versions of Drupal whose sites can be served. */
export const DRUPAL_MAJORS = [7, 8, 9, 10, 11] as const;
export type DrupalMajor = (typeof DRUPAL_MAJORS)[number];

/** The major version of `10.3.7`, `7.103`, `11.0-dev`; undefined when it is none that can be served. */
export function drupalMajor(version: string): DrupalMajor | undefined {
  const major = Number(/^(\d{1,3})\./.exec(version)?.[1]);
  return DRUPAL_MAJORS.find((known) => known === major);
}
