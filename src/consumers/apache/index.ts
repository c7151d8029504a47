import type { Consumer } from '../consumer.js';
import { withoutCertificate } from '../without-certificate.js';
import { anchored, apacheAdoption } from './adoption.js';
import { apacheCanary } from './canary.js';
import { apacheCommands, apacheDaemon } from './commands.js';
import { complaint } from './complaint.js';
import { digestOf } from './digest.js';
import { apacheInspection } from './inspection.js';
import { OWN_DIRECTORIES } from './layout.js';
import { placeholder } from './placeholder.js';
import { renderServer } from './render-server.js';
import { renderSite, sitePaths } from './render-site.js';

/** As `renderSite` writes it: nothing inside begins a line. */
const VIRTUAL_SERVER = /^<VirtualHost [^]*?^<\/VirtualHost>$/gm;

export const apache: Consumer = {
  name: 'apache',
  capabilities: {
    validatesCertificates: false,
    reloadsWithoutRestart: true,
    survivesBadReload: false,
    servesFiles: true,
    refusesStrangers: true,
  },
  directories: OWN_DIRECTORIES,
  renderServer: (server) => anchored(renderServer(server), server),
  renderSite: (site, server) => anchored(renderSite(site, server), server),
  sitePaths,
  certificateForm: 'PAIR',
  withoutCertificate: (content, directory) => withoutCertificate(content, directory, VIRTUAL_SERVER),
  digestOf,
  commands: apacheCommands,
  daemon: apacheDaemon,
  inspection: apacheInspection,
  canary: apacheCanary,
  placeholder,
  complaint,
  adoption: apacheAdoption,
};
