import { FILE_OCTETS, type Files, type FileStream } from '../files/file.ts';
import type { ProtocolFlow, StreamAnalyser } from '../protocol.ts';

/** A data connection of FTP: what each side sends is a file. */
export class FtpDataAnalyser implements StreamAnalyser {
  readonly isDone = false;
  readonly isSure = true;
  readonly #flow: ProtocolFlow;
  readonly #files: Files;
  #orig: FileStream | undefined;
  #resp: FileStream | undefined;
  /** Of the last octets. */
  #time = 0;

  constructor(flow: ProtocolFlow, files: Files) {
    this.#flow = flow;
    this.#files = files;
    flow.confirm('ftp-data');
  }

  get held(): number {
    return (this.#orig === undefined ? 0 : FILE_OCTETS) + (this.#resp === undefined ? 0 : FILE_OCTETS);
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    this.#time = time;
    this.#file(isOrig).data(bytes, from, to, time);
  }

  gap(isOrig: boolean, length: number, time: number): void {
    this.#time = time;
    this.#file(isOrig).gap(length, time);
  }

  endOfData(isOrig: boolean, time: number): void {
    const file = isOrig ? this.#orig : this.#resp;
    if (isOrig) this.#orig = undefined;
    else this.#resp = undefined;
    file?.end(time);
  }

  finish(): void {
    this.endOfData(true, this.#time);
    this.endOfData(false, this.#time);
  }

  #file(isOrig: boolean): FileStream {
    const known = isOrig ? this.#orig : this.#resp;
    if (known !== undefined) return known;
    const time = this.#time;
    const file = this.#files.open({ flow: this.#flow, source: 'FTP_DATA', isOrig, time, depth: 0 });
    if (isOrig) this.#orig = file;
    else this.#resp = file;
    return file;
  }
}
