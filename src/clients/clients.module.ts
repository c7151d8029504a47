import { Module } from '@nestjs/common';
import { Authenticator } from '../shared/authenticator.js';
import { TypeormClientStore } from './adapters/typeorm-client-store.js';
import { TypeormTokenStore } from './adapters/typeorm-token-store.js';
import { ClientStore } from './application/client-store.js';
import { CreateClient } from './application/create-client.js';
import { CreateToken } from './application/create-token.js';
import { FindClients } from './application/find-clients.js';
import { TokenAuthenticator } from './application/token-authenticator.js';
import { TokenStore } from './application/token-store.js';

@Module({
  providers: [
    { provide: ClientStore, useClass: TypeormClientStore },
    { provide: TokenStore, useClass: TypeormTokenStore },
    { provide: Authenticator, useClass: TokenAuthenticator },
    CreateClient,
    CreateToken,
    FindClients,
  ],
  exports: [Authenticator, ClientStore, CreateClient, CreateToken, FindClients],
})
export class ClientsModule {}
