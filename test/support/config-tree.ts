import type { ConsumerName, WebServerName } from '../../src/consumers/index.js';
import { parseApache } from './parse-apache.js';
import { parseNginx } from './parse-nginx.js';

/** What a web server reads in a configuration file: its name, its words without their quotes, and what it encloses. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly body: readonly Directive[] | null;
}

/** How each server's language is read. Throws an Error for what is not written in it. */
export const PARSERS: { readonly [name in WebServerName]: (text: string) => readonly Directive[] } = {
  nginx: parseNginx,
  apache: parseApache,
};

/** Throws an Error for a consumer whose language nobody reads here. */
export function parserOf(consumer: ConsumerName): (text: string) => readonly Directive[] {
  if (consumer === 'pound') {
    throw new Error('What is written for pound is read by pound alone.');
  }
  return PARSERS[consumer];
}
