import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import type { Failure } from '../../src/shared/failure.js';
import type { Target } from './effects.js';
import type { PlannedChange } from './plan-changes.js';
import type { Remedy } from './remedy.js';

const WHAT: { readonly [how in Remedy['how']]: string } = {
  CERTIFICATE_RESTORED: 'has an earlier certificate of the same key again, because the one in force cannot be read',
  HTTPS_LEFT_OUT: 'is not served over HTTPS any more, because its certificate cannot be read',
  PUT_ASIDE: 'was put aside, because the web server refuses it',
  RENDERED_AGAIN: 'was rendered again, because the web server refused it',
};

/**
 * What an operation is told of others that were in its way. Whoever asked for a change of one site may not know whose the others
 * are: they are told an id, which says something only to those who may see the site. An operation of the server is an
 * operator's, and is told names. Pure.
 */
export function warningsFor({ rendered: { subject } }: PlannedChange, remedies: readonly Remedy[]): readonly Failure[] {
  const isOperators = subject?.type === 'server';
  return remedies.map(({ how, siteId, subject: file, sentence }) => {
    const whose = isOperators ? file : 'The configuration of another site';
    return toFailure(
      new DomainError('NEIGHBOUR_QUARANTINED', `${whose} ${WHAT[how]}.`, {
        details: { how, siteId, ...(isOperators ? { file, checker: sentence } : {}) },
      }),
    );
  });
}

/** For the history of every operation of the batch, whoever reads it. */
export function sayRemedy({ consumer }: Target, { how, siteId }: Remedy): string {
  return `${consumer.name}: the configuration of ${siteId === null ? 'another site' : `the site ${siteId}`} ${WHAT[how]}.`;
}
