import { describe, expect, it } from 'vitest';
import { whereToFollow } from './fetch-challenge.js';

const PUBLIC = '93.184.216.34';

describe('a redirect', () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ['from a public address goes to a public one', PUBLIC, ['1.1.1.1'], '1.1.1.1'],
    ['from a public address does not go inside', PUBLIC, ['169.254.169.254'], undefined],
    ['from a public address does not go inside by another form', PUBLIC, ['::ffff:a00:1', '2002:a00:1::'], undefined],
    ['goes to what is public of a name', PUBLIC, ['fd00::1', '10.0.0.1', '1.1.1.1'], '1.1.1.1'],
    ['goes back to the address it comes from, inside too', '10.0.0.1', ['fd00::1', '10.0.0.1'], '10.0.0.1'],
    ['goes to no neighbour inside', '10.0.0.1', ['10.0.0.2', '127.0.0.1'], undefined],
    ['from inside goes to a public address', '10.0.0.1', ['10.0.0.2', '1.1.1.1'], '1.1.1.1'],
  ])('%s', (_, from, addresses, expected) => {
    expect(whereToFollow(addresses, from)).toBe(expected);
  });
});
