import type { ConsumerName } from '../../src/consumers/index.js';
import { parseApache } from './parse-apache.js';
import { parseNginx } from './parse-nginx.js';
import { parsePound } from './parse-pound.js';

/** What a web server reads in a configuration file: its name, its words without their quotes, and what it encloses. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly body: readonly Directive[] | null;
}

/** How each server's language is read. Throws an Error for what is not written in it. */
export const PARSERS: { readonly [name in ConsumerName]: (text: string) => readonly Directive[] } = {
  nginx: parseNginx,
  apache: parseApache,
  pound: parsePound,
};
