import type { Consumer } from '../consumer.js';
import { withoutCertificateEntry } from './certificate-entries.js';
import { poundCommands, poundDaemon, poundSuccession } from './commands.js';
import { complaint } from './complaint.js';
import { digestOf } from './digest.js';
import { poundIndex } from './index-files.js';
import { poundInspection } from './inspection.js';
import { OWN_DIRECTORIES } from './layout.js';
import { placeholder } from './placeholder.js';
import { renderServer } from './render-server.js';
import { renderSite, sitePaths } from './render-site.js';

export const pound: Consumer = {
  name: 'pound',
  capabilities: {
    validatesCertificates: true,
    reloadsWithoutRestart: false,
    // A successor that cannot read its configuration never takes over.
    survivesBadReload: true,
    servesFiles: false,
    refusesStrangers: false,
  },
  directories: OWN_DIRECTORIES,
  renderServer,
  renderSite,
  sitePaths,
  index: poundIndex,
  succession: poundSuccession,
  certificateForm: 'COMBINED',
  withoutCertificate: withoutCertificateEntry,
  digestOf,
  commands: poundCommands,
  daemon: poundDaemon,
  inspection: poundInspection,
  placeholder,
  complaint,
};
