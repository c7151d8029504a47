import type { GraphqlClient } from '../graphql-client.js';
import type { ListedCertificate } from './renew-outcome.js';

const FIELDS =
  'id clientId names provider notAfter renewal { dueAt nextAttemptAt failures waitsFor { limit until } alarm { level message } }';

interface CertificatePage {
  readonly certificates: {
    readonly nodes: readonly ListedCertificate[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Those that are or were in force, the expired ones first. */
export async function everyCertificate(api: GraphqlClient): Promise<readonly ListedCertificate[]> {
  return [...(await withStatus(api, 'EXPIRED')), ...(await withStatus(api, 'ACTIVE'))];
}

/** As it is now; null: it is gone. */
export async function oneCertificate(api: GraphqlClient, id: string): Promise<ListedCertificate | null> {
  const { certificate } = await api.ask<{ certificate: ListedCertificate | null }>(
    `query ($id: ID!) { certificate(id: $id) { ${FIELDS} } }`,
    { id },
  );
  return certificate;
}

async function withStatus(api: GraphqlClient, status: string): Promise<readonly ListedCertificate[]> {
  const all: ListedCertificate[] = [];
  for (let after: string | null = null; ;) {
    const { certificates }: CertificatePage = await api.ask<CertificatePage>(
      `query ($after: String, $status: CertificateStatus) { certificates(first: 100, after: $after, status: $status) {
        nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`,
      { after, status },
    );
    all.push(...certificates.nodes);
    if (!certificates.pageInfo.hasNextPage) {
      return all;
    }
    after = certificates.pageInfo.endCursor;
  }
}
