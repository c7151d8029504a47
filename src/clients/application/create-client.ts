import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { newId } from '../../shared/ids.js';
import { parseLabel } from '../../shared/label.js';
import { parseMachineName } from '../../shared/machine-name.js';
import type { Client } from '../domain/client.js';
import { ClientStore } from './client-store.js';

export interface CreateClientInput {
  readonly name: string;
  readonly label?: string | null;
}

@Injectable()
export class CreateClient {
  constructor(
    private readonly clients: ClientStore,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError NAME_INVALID, INPUT_INVALID, NAME_TAKEN */
  async execute(input: CreateClientInput, _actor: Actor): Promise<Client> {
    const name = parseMachineName(input.name);
    const label = parseLabel(input.label ?? name, 'label');
    const client: Client = { id: newId(), name, label, createdAt: this.clock.now() };
    await this.clients.insert(client);
    return client;
  }
}
