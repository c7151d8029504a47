import { grouped } from '../../shared/grouped.js';
import type { PlainObject } from '../../shared/plain.js';
import type { PlannedTask } from '../../operations/index.js';
import type { Server } from '../../servers/index.js';
import { canProve } from './acme/challenge-method.js';
import { acmeAccountAt, challengeMethods } from './provider-kinds/acme/acme-task.js';
import type { BudgetLeft } from './rate-limits/order-budget.js';
import type { CertificateProvider } from './provider/certificate-provider.js';

export const DOMAIN_CHECK_TASK = 'domain.check';

/** Without a provider: an address is looked at where there can be one. */
const BY_THEMSELVES = [{ type: 'http-01' }, { type: 'dns-01', domains: [] }] as const;

/** Looks at names as the provider's CA will; without a provider, at DNS and at what answers there. `budget`: what the limits of the CA leave. One task for each way of proving, and one for names that none can prove. Pure. */
export function domainCheckTasks(
  names: readonly string[],
  provider: CertificateProvider | null,
  server: Server,
  budget: readonly BudgetLeft[] = [],
): readonly PlannedTask[] {
  const methods = provider === null ? BY_THEMSELVES : challengeMethods(provider, server);
  const byMethod = grouped(names, (name) => methods.find((method) => canProve(method, name))?.type ?? null);
  const [thumbprint = null] = server.http.acmeThumbprints ?? [];
  const { resolvers = [], httpPort = 80, httpsPort = 443 } = provider?.acme.preflight ?? {};
  const left = budget.map(({ nextAt, ...rest }) => ({ ...rest, nextAt: nextAt.toISOString() }));
  return [...byMethod].map(([method, its], index) => ({
    name: DOMAIN_CHECK_TASK,
    input: {
      names: its,
      method,
      resolvers,
      ports: { http: httpPort, https: httpsPort },
      ca: (provider && acmeAccountAt(provider, server).ca) as unknown as PlainObject | null,
      // Whatever account is to order: what the line answers proves that the name leads to this server.
      thumbprint,
      // Of all names together, and so said once.
      budget: index === 0 ? left : [],
    },
  }));
}
