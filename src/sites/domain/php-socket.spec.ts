import { describe, expect, it } from 'vitest';
import type { Actor } from '../../shared/actor.js';
import { aHostedSite } from './a-hosted-site.fixture.js';
import { chosenPhpSocket } from './php-socket.js';

const operator: Actor = { tokenId: 't', role: 'OPERATOR', clientId: null, label: 'ops' };
const client: Actor = { tokenId: 't', role: 'CLIENT', clientId: 'c', label: 'drupal' };
const refusal = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('the PHP-FPM pool of a site', () => {
  it('is the one that an operator names in the directory of the server', () => {
    expect(chosenPhpSocket('/run/php/own.sock', aHostedSite(), operator)).toBe('/run/php/own.sock');
  });

  it.each([operator, client])('is left to the server by who names none', (actor) => {
    expect(chosenPhpSocket(null, aHostedSite(), actor)).toBeNull();
    const files = aHostedSite({ platform: { application: 'STATIC' }, server: { phpSocket: null } });
    expect(chosenPhpSocket(null, files, actor)).toBeNull();
  });

  it('is not for a client to name, because it may be the pool of another one', () => {
    expect(() => chosenPhpSocket('/run/php/own.sock', aHostedSite(), client)).toThrow(refusal('FORBIDDEN'));
  });

  it.each(['/run/docker.sock', '/run/php/deeper/own.sock', '/run/php', '/run/phpx/own.sock', '/run/own.sock'])(
    'is not %s',
    (path) => {
      expect(() => chosenPhpSocket(path, aHostedSite(), operator)).toThrow(refusal('PHP_SOCKET_NOT_ALLOWED'));
    },
  );

  it.each(['', 'own.sock', '/run/php/../docker.sock', '/run/php/a b', '/run/php/a"; }', `/run/php/${'x'.repeat(99)}`])(
    'is not %j, which is no path of a socket',
    (path) => {
      expect(() => chosenPhpSocket(path, aHostedSite(), operator)).toThrow(refusal('PATH_INVALID'));
    },
  );

  it('is of no use to a static site', () => {
    const files = aHostedSite({ platform: { application: 'STATIC' } });
    expect(() => chosenPhpSocket('/run/php/own.sock', files, operator)).toThrow(refusal('INPUT_INVALID'));
  });

  it('is missing where the server has named none', () => {
    const without = aHostedSite({ server: { phpSocket: null } });
    expect(() => chosenPhpSocket(null, without, client)).toThrow(refusal('PHP_SOCKET_MISSING'));
    expect(() => chosenPhpSocket('/run/php/own.sock', without, operator)).toThrow(refusal('PHP_SOCKET_NOT_ALLOWED'));
  });
});
