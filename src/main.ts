import 'reflect-metadata';
import { program } from './cli/program.js';
import { exitWith } from './cli/exit-with.js';

try {
  await program().parseAsync();
} catch (error) {
  exitWith(error);
}
