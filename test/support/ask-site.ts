import { X509Certificate } from 'node:crypto';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface SiteAnswer {
  readonly status: number;
  readonly body: string;
  readonly location: string | undefined;
  /** SubjectAltName of the certificate that was presented, names only, sorted. */
  readonly names: readonly string[];
  readonly certificate: X509Certificate | undefined;
}

export interface SitePorts {
  readonly http: number;
  readonly https: number;
}

/**
 * Asks the web server over a connection of its own, as a browser that trusts every certificate would. Rejects when nobody
 * listens or the handshake is refused.
 */
export function askSite(
  ports: SitePorts,
  scheme: 'http' | 'https',
  host: string,
  path = '/',
  ca?: string,
): Promise<SiteAnswer> {
  const port = ports[scheme];
  const options = {
    host: '127.0.0.1',
    port,
    path,
    headers: { host: `${host}:${port}` },
    agent: false,
    timeout: 10_000,
  };
  return new Promise((resolve, reject) => {
    const take = (response: IncomingMessage): void => {
      const raw = scheme === 'https' ? (response.socket as TLSSocket).getPeerCertificate().raw : undefined;
      const certificate = raw && new X509Certificate(raw);
      const names = (certificate?.subjectAltName ?? '').split(', ').map((part) => part.replace(/^DNS:/, ''));
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body,
          location: response.headers.location,
          names: names.filter((name) => name !== '').sort(),
          certificate,
        }),
      );
    };
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const call =
      scheme === 'http' ? requestHttp(options, take) : requestHttps({ ...options, servername: host, ...trust }, take);
    call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
    call.on('error', reject);
    call.end();
  });
}
