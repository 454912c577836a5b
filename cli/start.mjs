// `npm start`. The entry is plain JavaScript: with a warm compile cache the stripper of types is then never loaded.
import { runCommand } from './commands.ts';

process.exitCode = await runCommand(['start', ...process.argv.slice(2)]);
