import type { Certificate, NameCoverage } from '../../certificates/index.js';
import { certificateAsItWas, issuingOf } from '../../certificates/index.js';
import type { VhostSpec } from '../../consumers/index.js';
import { type FieldUpdate, type OperationPlan, type PlannedTask, type SubjectRef } from '../../operations/index.js';
import { platformCheckTask } from '../../platforms/index.js';
import { httpBatchKey, httpServerSpec, tlsFrontOf, type Server, type TlsFrontOfServer } from '../../servers/index.js';
import type { PlainObject } from '../../shared/plain.js';
import { wantedNames } from './aliases.js';
import { specAtFront, specBehindFront } from './behind-front.js';
import {
  documentRoot,
  siteCheckTasks,
  vhostApplication,
  type HostedSite,
  type PlacedSite,
} from './site-application.js';
import type { Site, SiteStatus } from './site.js';

/** All that a plan for a site depends on, read at the moment of dispatch. */
export interface SiteState extends HostedSite {
  /** For each wanted name, in the order of `wantedNames`. */
  readonly coverage: readonly NameCoverage[];
  /** A certificate that is to be made first, and to serve the names that it has and nothing better covers. */
  readonly toIssue: Certificate | null;
}

/** Brings the site into the state that is wanted, as `status`. Pure. */
export function applyPlan(state: SiteState, status: 'ENABLED' | 'DISABLED'): OperationPlan {
  const { site, platform, server, toIssue } = state;
  return {
    writes: [{ type: 'site', id: site.id }, ...(toIssue ? [certificateRef(toIssue)] : [])],
    onFailure: [asItWas(site), ...(toIssue ? [certificateAsItWas(toIssue)] : [])],
    tasks: [
      // A site that is to answer 503 needs no code base, and is disabled just when that is broken.
      ...(status === 'DISABLED'
        ? []
        : [platformCheckTask(platform, server, { report: false }), ...siteCheckTasks(state)]),
      ...certificateCheckTasks(state),
      ...(toIssue
        ? [
            issuingOf(toIssue).plan({
              certificate: toIssue,
              provider: null,
              server,
              documentRoots: [documentRoot(platform)],
            }),
          ]
        : []),
      ...vhostTasks(state, status),
    ],
  };
}

/** The files of every certificate that is going to be served are looked at before anything is rendered. */
function certificateCheckTasks({ site, server, coverage, toIssue }: SiteState): readonly PlannedTask[] {
  if (site.https === 'DISABLED') {
    return [];
  }
  const bySpki = new Map<string, string[]>();
  for (const covered of coverage) {
    if (covered.state === 'COVERED' && !toIssue?.requestedNames.includes(covered.name)) {
      bySpki.set(covered.spki, [...(bySpki.get(covered.spki) ?? []), covered.name]);
    }
  }
  const tlsDirectory = server.http.paths.tls;
  return [...bySpki].map(([spki, names]) => ({ name: 'certificate.check', input: { tlsDirectory, spki, names } }));
}

/** Takes the site off the server. Pure. */
export function removePlan({ site, server }: PlacedSite): OperationPlan {
  const names = site.names.map(({ name }) => name);
  return {
    writes: [{ type: 'site', id: site.id }],
    onFailure: [asItWas(site)],
    tasks: placeTasks(server, { status: 'DELETED' }, site.id, () => ({
      type: 'REMOVE_SITE',
      siteId: site.id,
      uri: site.uri,
      names,
    })),
  };
}

/** What a failed operation leaves of the site's fields: what was served before is served again. */
export function asItWas({ id, status, httpStatus, servedCertificate }: Site): FieldUpdate {
  return { subject: 'site', id, fields: { status, httpStatus, servedCertificate } };
}

/**
 * Renders the site's virtual host wherever it has one, and settles what then holds: its status and its names. A front comes last,
 * when what it passes on to is there.
 */
export function vhostTasks(
  state: SiteState,
  status: Exclude<SiteStatus, 'QUEUED' | 'DELETED'>,
): readonly PlannedTask[] {
  const spec = vhostSpec(state, status);
  const names = spec.names.map(({ name }) => name);
  const hstsSaid = spec.https === 'DISABLED' ? null : (spec.hstsMaxAge ?? null);
  return placeTasks(state.server, { status, names, hstsSaid }, state.site.id, (role, front) => {
    const site = front === null ? spec : role === 'FRONT' ? specAtFront(spec, front) : specBehindFront(spec, front);
    return { type: 'SITE', site: site as unknown as PlainObject };
  });
}

export function vhostSpec(state: SiteState, status: 'ENABLED' | 'DISABLED'): VhostSpec {
  const { site } = state;
  return {
    siteId: site.id,
    uri: site.uri,
    state: status,
    https: site.https,
    hstsMaxAge: site.hstsMaxAge,
    application: vhostApplication(state),
    names: wantedNames(site).map(({ name, redirectTo }, index) => ({
      name,
      redirectTo,
      certificate: site.https === 'DISABLED' ? null : certificateFor(name, state.coverage[index], state.toIssue),
    })),
  };
}

/**
 * SPKI of what covers the name. A certificate that is about to be made wins over a self-signed or missing one, because
 * it was asked for; its SPKI is known once its task has run.
 */
function certificateFor(name: string, covered: NameCoverage | undefined, toIssue: Certificate | null): string | null {
  const held = covered?.state === 'COVERED' ? covered.spki : null;
  return toIssue?.requestedNames.includes(name) ? issuingOf(toIssue).spkiFor(name, held) : held;
}

type Role = 'WEB_SERVER' | 'FRONT';

/** One task for each server that has the site, what stands behind first; `fields` hold once the last one is done. */
function placeTasks(
  server: Server,
  fields: PlainObject,
  siteId: string,
  change: (role: Role, front: TlsFrontOfServer | null) => PlainObject,
): readonly PlannedTask[] {
  const front = tlsFrontOf(server);
  const web = {
    name: 'http.apply',
    batchKey: httpBatchKey(server),
    input: {
      consumer: server.http.consumer,
      server: httpServerSpec(server) as unknown as PlainObject,
      change: change('WEB_SERVER', front),
    },
  };
  const atFront = front && {
    name: 'http.apply',
    batchKey: front.batchKey,
    input: { consumer: front.consumer, server: front.spec as unknown as PlainObject, change: change('FRONT', front) },
  };
  const tasks = [
    ...(front === null || front.passesThroughWebServer ? [web] : []),
    ...(atFront === null ? [] : [atFront]),
  ];
  const sets = [{ subject: 'site', id: siteId, fields: fields as { readonly [field: string]: never } }] as const;
  return tasks.map((task, index) => (index === tasks.length - 1 ? { ...task, sets } : task));
}

const certificateRef = (certificate: Certificate): SubjectRef => ({ type: 'certificate', id: certificate.id });
