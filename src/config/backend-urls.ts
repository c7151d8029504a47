import type { BackendConfig } from './config.js';

const PORTS: { readonly [protocol: string]: number } = { 'http:': 80, 'https:': 443 };

/** `http://address:port,…`; undefined for anything else. Over HTTPS the certificate must be for the name in the URL. */
export function parseBackends(text: string): readonly BackendConfig[] | undefined {
  const backends = text.split(',').map((part) => parseBackend(part.trim()));
  if (!backends.every((backend) => backend !== undefined)) {
    return undefined;
  }
  const [first] = backends;
  return backends.every(({ https }) => https?.serverName === first?.https?.serverName) ? backends : undefined;
}

function parseBackend(text: string): BackendConfig | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = PORTS[url?.protocol ?? ''];
  if (url === undefined || port === undefined || url.pathname !== '/' || url.search + url.hash + url.username !== '') {
    return undefined;
  }
  const https = url.protocol === 'https:' ? { serverName: url.hostname, caFile: null } : null;
  return { address: url.hostname, port: url.port === '' ? port : Number(url.port), https };
}
