import type { Consumer } from '../consumer.js';
import { withoutCertificate } from '../without-certificate.js';
import { anchored, nginxAdoption } from './adoption.js';
import { nginxCommands, nginxDaemon } from './commands.js';
import { complaint } from './complaint.js';
import { digestOf } from './digest.js';
import { nginxInspection } from './inspection.js';
import { OWN_DIRECTORIES } from './layout.js';
import { renderServer } from './render-server.js';
import { renderSite, sitePaths } from './render-site.js';

/** As `renderSite` writes it: nothing inside begins a line. */
const VIRTUAL_SERVER = /^server \{\n[^]*?^\}$/gm;

export const nginx: Consumer = {
  name: 'nginx',
  capabilities: {
    validatesCertificates: true,
    reloadsWithoutRestart: true,
    survivesBadReload: true,
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
  commands: nginxCommands,
  daemon: nginxDaemon,
  inspection: nginxInspection,
  complaint,
  adoption: nginxAdoption,
};
