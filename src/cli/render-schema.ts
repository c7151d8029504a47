import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { CertificateEventResolver } from '../certificates/graphql/certificate-event.resolver.js';
import { CertificateProviderResolver } from '../certificates/graphql/certificate-provider.resolver.js';
import { CertificateResolver } from '../certificates/graphql/certificate.resolver.js';
import { RevokeCertificateResolver } from '../certificates/graphql/revoke-certificate.resolver.js';
import { RenewalResolver } from '../certificates/graphql/renewal.resolver.js';
import { ClientResolver } from '../clients/graphql/client.resolver.js';
import { NodeResolver } from '../graphql/node/node.resolver.js';
import { DateTimeScalar } from '../graphql/scalars/date-time.js';
import { OperationResolver } from '../operations/graphql/operation.resolver.js';
import { PlatformResolver } from '../platforms/graphql/platform.resolver.js';
import { ServerResolver } from '../servers/graphql/server.resolver.js';
import { AliasResolver } from '../sites/graphql/alias.resolver.js';
import { CertificatePolicyResolver } from '../sites/graphql/certificate-policy.resolver.js';
import { CheckDomainResolver } from '../sites/graphql/check-domain.resolver.js';
import { SiteFieldsResolver } from '../sites/graphql/site-fields.resolver.js';
import { SiteResolver } from '../sites/graphql/site.resolver.js';
import { UploadedCertificateResolver } from '../sites/graphql/uploaded-certificate.resolver.js';

const RESOLVERS = [
  AliasResolver,
  CertificateEventResolver,
  CertificatePolicyResolver,
  CertificateProviderResolver,
  CertificateResolver,
  CheckDomainResolver,
  ClientResolver,
  NodeResolver,
  OperationResolver,
  PlatformResolver,
  RevokeCertificateResolver,
  RenewalResolver,
  ServerResolver,
  SiteFieldsResolver,
  SiteResolver,
  UploadedCertificateResolver,
];

@Module({ imports: [GraphQLSchemaBuilderModule] })
class SchemaModule {}

/** The schema as text, from the decorators alone: neither database nor queue is needed. A test holds it against the running API's. */
export async function renderSchema(): Promise<string> {
  const app = await NestFactory.createApplicationContext(SchemaModule, { logger: false });
  const schema = await app
    .get(GraphQLSchemaFactory)
    .create(RESOLVERS, { scalarsMap: [{ type: Date, scalar: DateTimeScalar }] });
  await app.close();
  return `# Generated from the code by \`npm run schema\`. Do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
}
