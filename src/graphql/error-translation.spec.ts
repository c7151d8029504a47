import { GraphQLError, locatedError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../shared/domain-error.js';
import { later } from '../shared/failure.js';
import { translateError } from './error-translation.js';
import { httpStatusOf } from './http-status.js';

function translate(error: unknown) {
  const reported: unknown[] = [];
  const translated = translateError(error, 'c-1', (defect, correlationId) => reported.push([defect, correlationId]));
  return { shown: translated.toJSON(), reported, translated };
}

describe('translateError', () => {
  it('shows a domain error whole, at its path', () => {
    const error = new DomainError('QUEUE_UNAVAILABLE', 'Redis does not answer.', {
      details: { port: 6379 },
      hint: 'Start Redis.',
      retry: later(5000),
      cause: new Error('ECONNREFUSED secret'),
    });
    expect(translate(locatedError(error, [], ['createSite']))).toMatchObject({
      shown: {
        message: 'Redis does not answer.',
        path: ['createSite'],
        extensions: {
          code: 'QUEUE_UNAVAILABLE',
          details: { port: 6379 },
          hint: 'Start Redis.',
          retry: { policy: 'LATER', afterMs: 5000 },
        },
      },
      reported: [],
    });
  });

  it.each([new TypeError('password=hunter2'), 'hunter2', { password: 'hunter2' }, new GraphQLError('hunter2'), null])(
    'hides everything else behind a correlation id: %s',
    (error) => {
      const { shown, reported } = translate(error);
      expect(shown).toEqual({
        message: 'Something unexpected happened.',
        extensions: {
          code: 'INTERNAL',
          details: { correlationId: 'c-1' },
          hint: 'Report it with the correlation id in details; the log has the stack.',
          retry: { policy: 'NEVER' },
        },
      });
      expect(reported).toEqual([[error, 'c-1']]);
    },
  );

  it('hides the message of a domain error that is a defect, and reports it', () => {
    const error = new DomainError('MESSAGE_REFUSED', 'key 0xdeadbeef', { details: { key: '0xdeadbeef' } });
    const { shown, reported } = translate(error);
    expect(JSON.stringify(shown)).not.toContain('deadbeef');
    expect(shown.extensions).toMatchObject({ code: 'MESSAGE_REFUSED', details: { correlationId: 'c-1' } });
    expect(reported).toEqual([[error, 'c-1']]);
  });

  it('translates once', () => {
    const { translated } = translate(new DomainError('SITE_NOT_FOUND', 'No such site.'));
    expect(translate(translated).translated).toBe(translated);
  });
});

describe('httpStatusOf', () => {
  it.each([
    ['UNAUTHENTICATED', 401],
    ['FORBIDDEN', 403],
    ['GRAPHQL_PARSE_FAILED', 400],
    ['DATABASE_UNAVAILABLE', 503],
    ['INTERNAL', 500],
  ] as const)('%s is %i', (code, status) => {
    expect(httpStatusOf(code)).toBe(status);
  });
});
