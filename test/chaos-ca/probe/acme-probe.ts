import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { eventually } from '../../support/eventually.js';
import type { ChaosCa } from '../start-chaos-ca.js';
import type { ChallengeServer } from './challenge-server.js';
import { makeCsr } from './make-csr.js';
import { makeProbeKey, signJws, type ProbeKey } from './sign.js';

/** What may be in any object of RFC 8555. */
export interface AcmeObject {
  readonly status?: string;
  readonly type?: string;
  readonly detail?: string;
  readonly [member: string]: unknown;
}

export interface ProbeReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON; empty where it is none. */
  readonly body: AcmeObject;
}

export interface Tweaks {
  readonly key?: ProbeKey;
  /** Members of the protected header instead of those that are right; undefined removes one. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly contentType?: string;
  /** The last word on what is sent. */
  readonly body?: (jws: object) => unknown;
}

/** An ACME client that does as it is told, also what is wrong. Shares no code with the CA. */
export class AcmeProbe {
  kid: string | undefined;
  readonly #agent: Agent;

  private constructor(
    readonly directory: Readonly<Record<string, string>>,
    readonly key: ProbeKey,
    readonly challenges: ChallengeServer,
    ca: ChaosCa,
  ) {
    this.#agent = new Agent({ ca: ca.listenerRoot, keepAlive: true });
  }

  /** Not registered yet. The CA must look for port 80 at `challenges`. */
  static async make(ca: ChaosCa, challenges: ChallengeServer, key?: ProbeKey): Promise<AcmeProbe> {
    const probe = new AcmeProbe({}, key ?? (await makeProbeKey()), challenges, ca);
    Object.assign(probe.directory, (await probe.get(ca.directoryUrl)).body);
    return probe;
  }

  static async registered(ca: ChaosCa, challenges: ChallengeServer, key?: ProbeKey): Promise<AcmeProbe> {
    const probe = await AcmeProbe.make(ca, challenges, key);
    await probe.register();
    return probe;
  }

  async register(more: object = {}): Promise<ProbeReply> {
    const payload = { termsOfServiceAgreed: true, contact: ['mailto:ops@example.test'], ...more };
    const reply = await this.post(this.directory.newAccount!, payload, {
      header: { kid: undefined, jwk: this.key.jwk },
    });
    this.kid = reply.headers.location;
    return reply;
  }

  async nonce(): Promise<string> {
    const { headers } = await this.send('HEAD', this.directory.newNonce!);
    return String(headers['replay-nonce']);
  }

  get(url: string): Promise<ProbeReply> {
    return this.send('GET', url);
  }

  /** `payload` undefined is POST-as-GET. */
  async post(url: string, payload?: unknown, tweaks: Tweaks = {}): Promise<ProbeReply> {
    const key = tweaks.key ?? this.key;
    const header = { alg: key.alg, kid: this.kid, nonce: await this.nonce(), url, ...tweaks.header };
    const jws = signJws(header, payload === undefined ? '' : JSON.stringify(payload), key);
    const body = JSON.stringify(tweaks.body?.(jws) ?? jws);
    return this.send('POST', url, body, tweaks.contentType ?? 'application/jose+json');
  }

  newOrder(names: readonly string[], more: object = {}): Promise<ProbeReply> {
    const identifiers = names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? 'ip' : 'dns', value }));
    return this.post(this.directory.newOrder!, { identifiers, ...more });
  }

  /** Answers a challenge of each authorization of an order, and waits until all are decided. */
  async prove(order: ProbeReply, type = 'http-01'): Promise<void> {
    this.challenges.thumbprint = this.key.thumbprint;
    for (const url of order.body.authorizations as readonly string[]) {
      const { body } = await this.post(url);
      const challenge = (body.challenges as readonly { type: string; url: string }[]).find(
        (each) => each.type === type,
      );
      await this.post(challenge!.url, {});
    }
    await eventually(async () => {
      const replies = await Promise.all((order.body.authorizations as readonly string[]).map((url) => this.post(url)));
      if (replies.some(({ body }) => body.status === 'pending')) {
        throw new Error('An authorization is still pending.');
      }
    });
  }

  async finalize(order: ProbeReply, names: readonly string[], key?: ProbeKey): Promise<ProbeReply> {
    const csr = await makeCsr(key ?? (await makeProbeKey()), names);
    return this.post(order.body.finalize as string, { csr });
  }

  /** The whole way; the last answer is the chain. */
  async issue(names: readonly string[], more: object = {}, key?: ProbeKey): Promise<ProbeReply> {
    const order = await this.newOrder(names, more);
    await this.prove(order);
    const final = await this.finalize(order, names, key);
    return this.post(final.body.certificate as string);
  }

  send(method: string, url: string, body = '', contentType?: string): Promise<ProbeReply> {
    const headers =
      contentType === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, agent: this.#agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: readJson(text) });
        });
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function readJson(text: string): AcmeObject {
  try {
    return JSON.parse(text) as AcmeObject;
  } catch {
    return {};
  }
}
