import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { IssuePorts } from '../acme/issue-context.js';
import { inParallel } from '../acme/in-parallel.js';
import type { TaskContext } from '../protocol.js';
import { checkName, dnsBy } from './check-name.js';
import type { PreflightOptions } from './preflight-input.js';

/** What an order asks before the CA looks: only what is certain ends it, the rest is a line in the log. Addresses are not looked at. */
export function preflightHook(
  options: PreflightOptions,
  { log }: Pick<TaskContext, 'log'>,
): NonNullable<IssuePorts['preflight']> {
  return async (names, { caaIdentities, accountUri }, signal) => {
    const hostnames = names.filter(({ identifier }) => identifier.type === 'dns');
    const dns = dnsBy(options.resolvers, signal);
    const checked = await inParallel(hostnames, ({ identifier, method, thumbprint }) => {
      const request = { ...options, method, caaIdentities, accountUri, thumbprint };
      return checkName(identifier.value, request, dns, signal);
    });
    const objections: ExplainedProblem[] = [];
    for (const { certain, ...problem } of checked.flatMap(({ findings }) => findings)) {
      if (certain) {
        objections.push({ ...problem, foreseen: true });
      } else {
        log('WARNING', `${problem.message} (${problem.evidence}) It is tried all the same.`);
      }
    }
    return objections;
  };
}
