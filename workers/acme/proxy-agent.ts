import { request, type OutgoingHttpHeaders } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { request as requestOverTls } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import type { SecretSource } from '../../src/certificates/domain/acme/secret-source.js';
import { localError } from './acme-error.js';
import { readSecret } from './read-secret.js';

export interface Proxy {
  readonly url: URL;
  /** `user:password`, read for each connection, so that a new one is taken up; null: it wants none. */
  readonly secret: SecretSource | null;
}

interface Destination extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
}

/** An agent whose connections go through an HTTP proxy (CONNECT, RFC 9110 §9.3.6). Only what uses this agent does. */
export class ProxyAgent extends Agent {
  constructor(
    private readonly proxy: Proxy,
    private readonly connectTimeoutMs: number,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: Destination,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const fail = (error: Error): void => callback?.(error, undefined as unknown as Duplex);
    const succeed = (stream: Duplex): void => callback?.(null, stream);
    this.authorization().then((authorization) => this.tunnel(options, authorization, succeed, fail), fail);
    return undefined;
  }

  private tunnel(
    options: Destination,
    authorization: OutgoingHttpHeaders,
    succeed: (stream: Duplex) => void,
    fail: (error: Error) => void,
  ): void {
    const { url } = this.proxy;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const ask = url.protocol === 'https:' ? requestOverTls : request;
    const tunnel = ask({
      host: url.hostname.replaceAll(/^\[|\]$/g, ''),
      port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
      method: 'CONNECT',
      path: `${host}:${options.port}`,
      headers: { host: `${host}:${options.port}`, ...authorization },
      agent: false,
      timeout: this.connectTimeoutMs,
    });
    tunnel.once('connect', (response, socket) => {
      if (response.statusCode === 200) {
        const secured = connect({ ...options, socket }, () => succeed(secured));
        secured.once('error', fail);
      } else {
        socket.destroy();
        fail(localError('local:proxyRefused', `The proxy ${url.host} answered ${response.statusCode}.`));
      }
    });
    tunnel.once('timeout', () =>
      tunnel.destroy(localError('local:connectTimeout', `The proxy ${url.host} did not answer in time.`)),
    );
    tunnel.once('error', fail);
    tunnel.end();
  }

  private async authorization(): Promise<OutgoingHttpHeaders> {
    const { secret, url } = this.proxy;
    if (secret === null) {
      return {};
    }
    const pair = await readSecret(secret).catch((error: unknown) => {
      throw localError('local:proxyRefused', `The proxy ${url.host} wants a password. ${String(error)}`, error);
    });
    return { 'proxy-authorization': `Basic ${Buffer.from(pair.reveal()).toString('base64')}` };
  }
}
