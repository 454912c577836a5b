import { stdin, stdout } from 'node:process';
import { installed } from './installed.ts';

/** What is used of the package. */
interface CapModule {
  Cap: new () => {
    open(device: string, filter: string, bufferBytes: number, buffer: Buffer): string;
    on(event: 'packet', handler: (length: number) => void): void;
    close(): void;
  };
}

/**
 * Captures on an interface with `cap` and an empty handler until its standard input ends, then prints what it saw and
 * what that cost. A process of its own, so that the cost is its own.
 * usage: node capSink.ts INTERFACE FILTER
 */
const [device = 'lo', filter = ''] = process.argv.slice(2);
const cap = installed('cap') as CapModule | undefined;
if (cap === undefined) throw new Error('cap is not installed');
const capture = new cap.Cap();
const buffer = Buffer.alloc(65_535);
let packets = 0;
capture.open(device, filter, 64 * 2 ** 20, buffer);
capture.on('packet', () => {
  packets += 1;
});
const from = process.cpuUsage();
stdout.write('{"ready": true}\n');
stdin.resume();
stdin.on('end', () => {
  const { user, system } = process.cpuUsage(from);
  capture.close();
  // The buffer must be referred to for as long as cap writes into it: it keeps no reference itself.
  stdout.write(`${JSON.stringify({ packets, cpuMicros: user + system, bufferBytes: buffer.length })}\n`);
});
