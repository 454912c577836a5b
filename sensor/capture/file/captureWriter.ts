import type { PacketBatch } from '../../../core/packet/batch.ts';
import { OutputFile } from './outputFile.ts';
import { PcapOutput } from './pcapOutput.ts';
import { PcapngOutput } from './pcapngOutput.ts';
import { UsageError } from '../../../runtime/error.ts';
import type { SourceInterface } from '../source.ts';

/** What a writer has to know of where the packets come from. */
export interface WriterInput {
  /** Their place is `PacketBatch.interface`; may grow. */
  readonly interfaces: readonly SourceInterface[];
  /** Times finer than microseconds may come. */
  readonly subMicrosecond: boolean;
}

/**
 * Writes packets unchanged and in order: octets, lengths, times. `.pcap` or `.pcapng` by the name's ending; `-` is
 * pcapng on standard output.
 *
 * What pcap has no room for (several link types, times before 1970 or after 2106) is an error that says so. A pcapng
 * file has one interface for each interface of the input, in nanoseconds.
 */
export interface CaptureWriter {
  write(batch: PacketBatch, index: number): void;
  /** Ends the file and puts it in its place; an empty capture is a valid file. */
  close(): void;
  /** Gives up: no file comes to be. */
  discard(): void;
}

/** The ending of a name, or `-`, decides the format. Throws a `UsageError` for any other. */
export function outputFormat(name: string): 'pcap' | 'pcapng' {
  if (name === '-' || name.toLowerCase().endsWith('.pcapng')) return 'pcapng';
  if (name.toLowerCase().endsWith('.pcap')) return 'pcap';
  throw new UsageError('a capture is written to a name that ends in .pcap or .pcapng, or to -', {
    context: { file: name },
  });
}

/** A writer of the format that `outputFormat` says. Throws an `AppError` when the file can't be made. */
export function createCaptureWriter(name: string, input: WriterInput): CaptureWriter {
  const format = outputFormat(name);
  const file = new OutputFile(name);
  return format === 'pcap' ? new PcapOutput(file, input) : new PcapngOutput(file, input);
}
