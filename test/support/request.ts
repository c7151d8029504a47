import { request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Request {
  readonly port: number;
  readonly scheme?: 'http' | 'https';
  readonly host: string;
  /** Sent as it is: nothing is normalised. */
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request to 127.0.0.1, over a connection of its own, the whole answer. */
export function send({ port, scheme = 'http', host, path, method = 'GET', headers, body }: Request): Promise<Response> {
  const options = { host: '127.0.0.1', port, path, method, headers: { host, ...headers }, agent: false };
  return new Promise((resolve, reject) => {
    const request =
      scheme === 'http'
        ? requestHttp(options)
        : requestHttps({ ...options, servername: host.replace(/:\d+$/, ''), rejectUnauthorized: false });
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.end(body);
  });
}
