import { describe, expect, it } from 'vitest';
import type { GraphqlClient } from '../graphql-client.js';
import { renewAll, type RenewWish } from './renew-all.js';
import type { ListedCertificate, UnissuedCertificate } from './renew-outcome.js';

const NOW = new Date('2027-02-01T00:00:00.000Z');
const WISH: RenewWish = { dryRun: false, force: null, now: NOW, within: new AbortController().signal };
const LIMIT = { limit: 'certificates for b.test', until: '2027-02-02T00:00:00.000Z' };

const aCertificate = (
  name: string,
  clientId: string,
  renewal: Partial<ListedCertificate['renewal']> = {},
): ListedCertificate => ({
  id: name,
  clientId,
  names: [name],
  provider: 'ACME',
  notAfter: '2027-03-04T05:06:07.000Z',
  renewal: {
    dueAt: '2027-01-31T00:00:00.000Z',
    nextAttemptAt: null,
    waitsFor: null,
    failures: 0,
    alarm: null,
    ...renewal,
  },
});

/** An API with these certificates in force; what it answers when one is to be renewed is for the test to say. */
class FakeApi {
  readonly asked: string[] = [];

  constructor(
    private readonly active: readonly ListedCertificate[],
    private readonly answer: (id: string) => object = () => ({ operation: { state: 'SUCCEEDED' }, limitReached: null }),
  ) {}

  failed: readonly UnissuedCertificate[] = [];

  #withStatus(status: string): readonly ListedCertificate[] {
    return status === 'ACTIVE' ? this.active : status === 'FAILED' ? this.failed : [];
  }

  get client(): GraphqlClient {
    return this as unknown as GraphqlClient;
  }

  async ask(query: string, variables: { status?: string; id?: string; input?: { certificateId: string } }) {
    if (variables.input) {
      this.asked.push(variables.input.certificateId);
      return { renewCertificate: this.answer(variables.input.certificateId) };
    }
    if (query.includes('operation(')) {
      return { operation: { id: variables.id, state: 'QUEUED', failure: null } };
    }
    return variables.status === undefined
      ? { certificate: this.active.find(({ id }) => id === variables.id) ?? null }
      : { certificates: { nodes: this.#withStatus(variables.status), pageInfo: {} } };
  }
}

const unissuedCertificate = (name: string, cause: string | null, nextCheckAt: string | null): UnissuedCertificate => ({
  ...aCertificate(name, 'a', { dueAt: null }),
  notAfter: null,
  refusedNames: cause === null ? [] : [{ name, cause }],
  leftOut: { names: [{ name, nextCheckAt }] },
});

const results = async (api: FakeApi, wish: RenewWish) =>
  (await renewAll(api.client, wish, () => undefined)).map(({ certificate, result, note }) => [
    certificate.id,
    result,
    note,
  ]);

describe('hler renew', () => {
  it('asks for the certificates of all clients in turn', async () => {
    const huge = Array.from({ length: 20 }, (_, index) => aCertificate(`h${index}.test`, 'huge'));
    const api = new FakeApi([...huge, aCertificate('small.test', 'small')]);
    await results(api, WISH);
    expect(api.asked).toHaveLength(21);
    expect(api.asked.indexOf('small.test')).toBe(1);
  });

  it('tells of what the API holds back: not due where nobody is shown it, waiting where a limit is in the way', async () => {
    const api = new FakeApi([aCertificate('a.test', 'a'), aCertificate('b.test', 'b')], (id) => ({
      operation: null,
      limitReached: id === 'b.test' ? LIMIT : null,
    }));
    expect(await results(api, WISH)).toEqual([
      ['a.test', 'NOT_DUE', null],
      ['b.test', 'WAITS', `Until ${LIMIT.until}, for the limit of its CA: ${LIMIT.limit}.`],
    ]);
  });

  it('ends when its time is up: what has not finished has failed, and nothing more is begun', async () => {
    const all = Array.from({ length: 9 }, (_, index) => aCertificate(`${index}.test`, 'a'));
    const api = new FakeApi(all, (id) => ({ operation: { id, state: 'QUEUED', failure: null }, limitReached: null }));
    const told = await results(api, { ...WISH, within: AbortSignal.timeout(20) });
    const queued = 'Its operation has not finished: it is QUEUED. See that the runner of its server is up.';
    expect(told).toEqual([
      ...all.slice(0, 8).map(({ id }) => [id, 'FAILED', queued]),
      ['8.test', 'FAILED', 'It was not begun before the end of the run.'],
    ]);
    expect(api.asked).toHaveLength(8);
  });

  it('tells of certificates that were not issued yet and are followed: why, and when they are looked at next', async () => {
    const api = new FakeApi([]);
    const gone = unissuedCertificate('gone.test', null, null);
    api.failed = [
      unissuedCertificate('dns.test', 'NAME_NOT_IN_DNS', '2027-02-01T01:00:00.000Z'),
      unissuedCertificate('paused.test', 'NAME_PAUSED', null),
      { ...gone, leftOut: { names: [] } },
    ];
    expect(await results(api, WISH)).toEqual([
      ['dns.test', 'NOT_ISSUED', 'dns.test NAME_NOT_IN_DNS. It is looked at again at 2027-02-01T01:00:00.000Z.'],
      ['paused.test', 'NOT_ISSUED', 'paused.test NAME_PAUSED. It is not looked at any more; issue it again.'],
    ]);
  });

  it('in a dry run tells of limits that are known, and asks for nothing', async () => {
    const api = new FakeApi([aCertificate('a.test', 'a'), aCertificate('b.test', 'b', { waitsFor: LIMIT })]);
    expect((await results(api, { ...WISH, dryRun: true })).map(([, result]) => result)).toEqual([
      'WOULD_RENEW',
      'WAITS',
    ]);
    expect(api.asked).toEqual([]);
  });
});
