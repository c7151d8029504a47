import type { PlannedTask } from '../../operations/index.js';
import type { Server } from '../../servers/index.js';
import type { Platform } from './platform.js';

/** The task that makes sure that the code base is there, allowed, and readable by the web server. */
export function platformCheckTask(platform: Platform, server: Server, { report }: { report: boolean }): PlannedTask {
  return {
    name: 'platform.check',
    input: {
      // A site's operation only needs to know; the platform's own fields are for its own verification to write.
      reportTo: report ? platform.id : null,
      application: platform.application,
      path: platform.source.path,
      roots: server.platformRoots,
      stateDirectory: server.stateDirectory,
      workerUser: server.http.workerUser,
    },
  };
}
