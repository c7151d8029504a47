import { X509Certificate } from 'node:crypto';
import type { ProbeReply } from './acme-probe.js';

/** `400 malformed`: the status, and the type without its prefix. */
export function problem({ status, body }: ProbeReply): string {
  return `${status} ${String(body.type).replace('urn:ietf:params:acme:error:', '')}`;
}

/** The certificates of a chain, as they are sent. */
export function chainOf({ text }: ProbeReply): readonly X509Certificate[] {
  return (text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? []).map((pem) => new X509Certificate(pem));
}
