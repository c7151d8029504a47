import type { GraphqlClient } from '../graphql-client.js';
import type { ListedCertificate, UnissuedCertificate } from './renew-outcome.js';

const FIELDS =
  'id clientId names provider notAfter renewal { dueAt nextAttemptAt failures waitsFor { limit until } alarm { level message } }';

interface CertificatePage<T> {
  readonly certificates: {
    readonly nodes: readonly T[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Those that are or were in force, the expired ones first. */
export async function everyCertificate(api: GraphqlClient): Promise<readonly ListedCertificate[]> {
  return [...(await withStatus(api, 'EXPIRED')), ...(await withStatus(api, 'ACTIVE'))];
}

/** Those that no CA has issued yet, and whose names are followed. */
export async function everyUnissued(api: GraphqlClient): Promise<readonly UnissuedCertificate[]> {
  const failed = await withStatus<UnissuedCertificate>(
    api,
    'FAILED',
    `${FIELDS} refusedNames { name cause } leftOut: renewal { names: leftOut { name nextCheckAt } }`,
  );
  return failed.filter(({ leftOut }) => leftOut.names.length > 0);
}

/** As it is now; null: it is gone. */
export async function oneCertificate(api: GraphqlClient, id: string): Promise<ListedCertificate | null> {
  const { certificate } = await api.ask<{ certificate: ListedCertificate | null }>(
    `query ($id: ID!) { certificate(id: $id) { ${FIELDS} } }`,
    { id },
  );
  return certificate;
}

async function withStatus<T = ListedCertificate>(
  api: GraphqlClient,
  status: string,
  fields = FIELDS,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let after: string | null = null; ;) {
    const { certificates }: CertificatePage<T> = await api.ask<CertificatePage<T>>(
      `query ($after: String, $status: CertificateStatus) { certificates(first: 100, after: $after, status: $status) {
        nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
      { after, status },
    );
    all.push(...certificates.nodes);
    if (!certificates.pageInfo.hasNextPage) {
      return all;
    }
    after = certificates.pageInfo.endCursor;
  }
}
