import { hostname } from '../syntax.js';
import { quoted, section } from './layout.js';

/**
 * The names of a service. As patterns, because `Host "name"` is a beginning in 4.16 (`a.test.evil` would pass), and in 4.23
 * has to have the port. A wildcard stands for one label (RFC 6125), whatever its certificate is shown for.
 */
export function hostLines(names: readonly string[]): readonly string[] {
  const lines = names.map(hostLine);
  return lines.length === 1 ? lines : [section('Match OR', lines)];
}

function hostLine(name: string): string {
  const pattern = hostname(name)
    .replaceAll('.', String.raw`\.`)
    .replace(/^\*/, '[^.:]+');
  return `Host -re ${quoted(String.raw`^${pattern}\.?(:[0-9]+)?$`)}`;
}
