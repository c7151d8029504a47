import { join } from 'node:path';
import type { PlannedTask } from '../../../../operations/index.js';
import type { Server } from '../../../../servers/index.js';
import type { PlainObject } from '../../../../shared/plain.js';
import type { ChallengeMethod } from '../../acme/challenge-method.js';
import type { AcmeIssueRequest } from '../../acme/issue-request.js';
import type { Certificate } from '../../certificate.js';
import type { IssueWanted } from '../issue-wanted.js';
import { withoutUser, type AcmeChallenge } from '../../provider/acme-settings.js';
import type { CertificateProvider } from '../../provider/certificate-provider.js';

export const ACME_ISSUE_TASK = 'certificate.acme-issue';

/** The task that gets the certificate from the CA, with a key that is made on the server. Pure. */
export function acmeIssueTask({
  certificate,
  provider,
  server,
  documentRoots,
  backupNotice = null,
  mayAskAnother = false,
  onlyWith = [],
}: IssueWanted & { readonly provider: CertificateProvider }): PlannedTask {
  return {
    name: ACME_ISSUE_TASK,
    input: {
      ...(acmeIssueRequest(certificate, provider, server) as unknown as PlainObject),
      acmeDirectory: acmeDirectory(server),
      tlsDirectory: server.http.paths.tls,
      stagingDirectory: server.http.paths.staging,
      documentRoots,
      backupNotice,
      mayAskAnother,
      onlyWith,
      preflight: provider.acme.preflight.enabled
        ? {
            resolvers: provider.acme.preflight.resolvers,
            ports: { http: provider.acme.preflight.httpPort, https: provider.acme.preflight.httpsPort },
          }
        : null,
    },
  };
}

/** `<root>/acme` of the server: accounts, orders, challenges. */
export const acmeDirectory = (server: Server): string => join(server.stateDirectory, 'acme');

/** The account and the CA of a provider, as they are on one server. Pure. */
export function acmeAccountAt(
  { id, clientId, acme }: CertificateProvider,
  server: Server,
): Pick<AcmeIssueRequest, 'ca' | 'account'> {
  const { directoryUrl, caBundle, proxyUrl, proxySecret, contact, termsOfServiceAgreed, externalAccount } = acme;
  return {
    ca: {
      directoryUrl,
      caBundlePem: caBundle,
      proxyUrl: proxyUrl && withoutUser(proxyUrl),
      proxySecret: proxySecret ? { file: secretFile(server, proxySecret) } : null,
    },
    account: {
      // Not the provider's name, which may change and which a client's provider may share with the operator's.
      name: id,
      ownKey: clientId !== null,
      contact: contact.map((address) => `mailto:${address}`),
      termsOfServiceAgreed,
      externalAccount: externalAccount && {
        keyId: externalAccount.keyId,
        hmacKey: { file: secretFile(server, externalAccount.secret) },
      },
    },
  };
}

function acmeIssueRequest(certificate: Certificate, provider: CertificateProvider, server: Server): AcmeIssueRequest {
  const { acme } = provider;
  const { ariId, acmeAccountUrl, acmeDirectoryUrl } = certificate;
  const knownToCa = ariId !== null && acmeAccountUrl !== null && acmeDirectoryUrl !== null;
  return {
    ...acmeAccountAt(provider, server),
    certificateId: certificate.id,
    names: certificate.requestedNames,
    keyType: certificate.keyType,
    profile: certificate.profile === null ? acme.profile : { name: certificate.profile, required: false },
    challenges: challengeMethods(provider, server),
    preferredChain:
      acme.preferredChain === null ? null : { issuerCommonName: acme.preferredChain, rootFingerprint: null },
    replaces: knownToCa ? { ariId, accountUrl: acmeAccountUrl, directoryUrl: acmeDirectoryUrl } : null,
    staging: acme.staging,
    servedThumbprints: server.http.acmeThumbprints ?? [],
  };
}

/** How names are proved, as it is on one server. Pure. */
export function challengeMethods({ acme }: CertificateProvider, server: Server): readonly ChallengeMethod[] {
  return acme.challenges.map((challenge) => challengeMethod(challenge, server));
}

function challengeMethod(challenge: AcmeChallenge, server: Server): ChallengeMethod {
  if (challenge.type === 'HTTP_01') {
    return { type: 'http-01' };
  }
  const { domains, resolvers, nameServers, propagationSeconds, ttlSeconds, rfc2136, exec } = challenge;
  return {
    type: 'dns-01',
    domains,
    resolvers,
    propagation: { servers: nameServers, timeoutMs: propagationSeconds * 1_000 },
    ttl: ttlSeconds,
    writer:
      exec === null
        ? {
            kind: 'rfc2136',
            host: rfc2136!.host,
            port: rfc2136!.port,
            tsig: tsigOf(rfc2136!, server),
          }
        : {
            kind: 'exec',
            command: [join(server.stateDirectory, 'hooks', exec.hook), ...exec.args],
            env: {},
            timeoutMs: exec.timeoutSeconds * 1_000,
          },
  };
}

type Rfc2136 = NonNullable<Extract<AcmeChallenge, { readonly type: 'DNS_01' }>['rfc2136']>;

function tsigOf({ keyName, algorithm, secret }: Rfc2136, server: Server) {
  return keyName === null || secret === null
    ? null
    : { keyName, algorithm, secret: { file: secretFile(server, secret) } };
}

const secretFile = (server: Server, name: string): string => join(server.stateDirectory, 'secrets', name);
