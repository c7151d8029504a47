import { request } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { request as requestOverTls } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import { localError } from './acme-error.js';

interface Destination extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
}

/** An agent whose connections go through an HTTP proxy (CONNECT, RFC 9110 §9.3.6). Only what uses this agent does. */
export class ProxyAgent extends Agent {
  constructor(
    private readonly proxy: URL,
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
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const ask = this.proxy.protocol === 'https:' ? requestOverTls : request;
    const tunnel = ask({
      host: this.proxy.hostname.replaceAll(/^\[|\]$/g, ''),
      port: this.proxy.port === '' ? (this.proxy.protocol === 'https:' ? 443 : 80) : Number(this.proxy.port),
      method: 'CONNECT',
      path: `${host}:${options.port}`,
      headers: { host: `${host}:${options.port}`, ...this.authorization() },
      agent: false,
      timeout: this.connectTimeoutMs,
    });
    tunnel.once('connect', (response, socket) => {
      if (response.statusCode === 200) {
        const secured = connect({ ...options, socket }, () => callback?.(null, secured));
        secured.once('error', fail);
      } else {
        socket.destroy();
        fail(localError('local:proxyRefused', `The proxy ${this.proxy.host} answered ${response.statusCode}.`));
      }
    });
    tunnel.once('timeout', () =>
      tunnel.destroy(localError('local:connectTimeout', `The proxy ${this.proxy.host} did not answer in time.`)),
    );
    tunnel.once('error', fail);
    tunnel.end();
    return undefined;
  }

  private authorization(): { readonly 'proxy-authorization'?: string } {
    const { username, password } = this.proxy;
    if (username === '') {
      return {};
    }
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
  }
}
