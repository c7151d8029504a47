import type { Consumer } from '../consumer.js';
import { nginxCommands, nginxDaemon } from './commands.js';
import { complaint } from './complaint.js';
import { digestOf } from './digest.js';
import { nginxInspection } from './inspection.js';
import { OWN_DIRECTORIES } from './layout.js';
import { renderServer } from './render-server.js';
import { renderSite, sitePaths } from './render-site.js';

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
  renderServer,
  renderSite,
  sitePaths,
  certificateForm: 'PAIR',
  digestOf,
  commands: nginxCommands,
  daemon: nginxDaemon,
  inspection: nginxInspection,
  complaint,
};
