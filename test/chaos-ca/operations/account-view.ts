import { AcmeProblem } from '../problem.js';
import { accountUrl, type Account, type CaState } from '../state.js';
import type { Reply } from '../http/request.js';

export function accountReply(ca: CaState, account: Account, status: number): Reply {
  const { termsOfService } = ca.options;
  return {
    status,
    headers: { location: accountUrl(ca, account.id), link: [`<${termsOfService}>;rel="terms-of-service"`] },
    body: {
      status: account.status,
      contact: account.contact,
      key: account.key.jwk,
      createdAt: account.createdAt.toISOString(),
      orders: `${accountUrl(ca, account.id)}/orders`,
    },
  };
}

/** Addresses for mail, without what a mail header could be made of. @throws AcmeProblem */
export function parseContacts(raw: unknown): readonly string[] {
  if (raw === undefined || raw === null) {
    return [];
  }
  if (!Array.isArray(raw) || !raw.every((each) => typeof each === 'string')) {
    throw new AcmeProblem('malformed', '"contact" must be an array of strings');
  }
  raw.forEach((contact: string) => {
    if (!contact.startsWith('mailto:')) {
      throw new AcmeProblem('unsupportedContact', `contact method ${JSON.stringify(contact)} is not supported`);
    }
    if (!/^mailto:[^\s@,?%]+@[^\s@,?%]+\.[^\s@,?%]+$/.test(contact)) {
      throw new AcmeProblem('invalidContact', `unable to parse email address ${JSON.stringify(contact)}`);
    }
  });
  return raw;
}
