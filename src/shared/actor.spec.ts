import { describe, expect, it } from 'vitest';
import { canSeeClient, type Actor } from './actor.js';

const operator: Actor = { tokenId: 't1', role: 'OPERATOR', clientId: null, label: 'ops' };
const client: Actor = { tokenId: 't2', role: 'CLIENT', clientId: 'c1', label: 'drupal' };

describe('canSeeClient', () => {
  it('lets an operator see every client and what belongs to nobody', () => {
    expect([canSeeClient(operator, 'c1'), canSeeClient(operator, null)]).toEqual([true, true]);
  });

  it('lets a client see itself, nobody else, and nothing that belongs to nobody', () => {
    expect([canSeeClient(client, 'c1'), canSeeClient(client, 'c2'), canSeeClient(client, null)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('shows nothing to a client token that lost its client', () => {
    expect(canSeeClient({ ...client, clientId: null }, null)).toBe(false);
  });
});
