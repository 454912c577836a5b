/**
 * A DNS message (RFC 1035, 4) as a log needs it: header, the last question, and what the records of the answer section
 * say. Authority and additional sections are counted, not read, as Zeek does it by default.
 */
import { DnsReader } from './reader.ts';
import { BROKEN, recordText, SILENT } from './recordText.ts';

/** How far a message could be read. */
export const DnsVerdict = {
  /** Questions and answers were. */
  WHOLE: 0,
  /** The header, not all of what follows. */
  CUT: 1,
  /** It claims more questions than any name server would: something else than DNS. */
  ALIEN: 2,
  /** Not even the header. */
  SHORT: 3,
} as const;
export type DnsVerdict = (typeof DnsVerdict)[keyof typeof DnsVerdict];

/** Octets of the header. */
export const DNS_HEADER = 12;
/** More questions are taken for something else than DNS (Zeek's `dns_max_queries`). */
const MOST_QUESTIONS = 25;
/** Characters that the answers of one message may come to: compression makes more of them than the message has octets. */
const MOST_CHARACTERS = 262_144;

const noStrings: readonly string[] = [];

/** One object, filled anew by each `read`. */
export class DnsMessage {
  id = 0;
  opcode = 0;
  rcode = 0;
  isResponse = false;
  AA = false;
  TC = false;
  RD = false;
  RA = false;
  Z = 0;
  questions = 0;
  /** Records of all three sections, as the header claims. */
  records = 0;

  /** Questions that were read, and what the last of them was. */
  asked = 0;
  query = '';
  qtype = 0;
  qclass = 0;

  /** Answers that are told of; the name of the first of them; what is printed, each with the seconds it may be kept. */
  told = 0;
  owner = '';
  answers: readonly string[] = noStrings;
  ttls: readonly number[] = [];

  /** Octets that were looked at, from the start to behind the last that was read. */
  get looked(): number {
    return this.#reader.pos - this.#reader.start;
  }

  readonly #reader: DnsReader = new DnsReader();

  /**
   * Reads the message in `bytes[start .. end)`. `isNetbios` is told by the port: names may have longer labels, and two
   * types are others. Never throws; what could not be read is told by the verdict, and the fields hold what came before.
   */
  read(bytes: Uint8Array, start: number, end: number, isNetbios: boolean): DnsVerdict {
    const reader = this.#reader;
    reader.reset(bytes, start, end, isNetbios);
    this.#forget();
    if (reader.left < DNS_HEADER) return DnsVerdict.SHORT;
    this.id = reader.u16();
    const flags = reader.u16();
    this.isResponse = (flags & 0x8000) !== 0;
    this.opcode = (flags >> 11) & 15;
    this.AA = (flags & 0x400) !== 0;
    this.TC = (flags & 0x200) !== 0;
    this.RD = (flags & 0x100) !== 0;
    this.RA = (flags & 0x80) !== 0;
    this.Z = (flags >> 4) & 7;
    this.rcode = flags & 15;
    this.questions = reader.u16();
    const answers = reader.u16();
    this.records = answers + reader.u16() + reader.u16();
    if (this.questions > MOST_QUESTIONS) return DnsVerdict.ALIEN;
    for (let n = this.questions; n > 0; n--) if (!this.#question(reader)) return DnsVerdict.CUT;
    return this.#answers(reader, answers) ? DnsVerdict.WHOLE : DnsVerdict.CUT;
  }

  #forget(): void {
    this.asked = 0;
    this.query = '';
    this.told = 0;
    this.owner = '';
    this.answers = noStrings;
    this.ttls = [];
  }

  #question(reader: DnsReader): boolean {
    const name = reader.name();
    if (reader.left < 4) return false;
    this.query = name;
    this.qtype = reader.u16();
    this.qclass = reader.u16();
    this.asked++;
    return true;
  }

  #answers(reader: DnsReader, count: number): boolean {
    if (count === 0) return true;
    const answers: string[] = [];
    const ttls: number[] = [];
    this.answers = answers;
    this.ttls = ttls;
    let characters = 0;
    for (let n = count; n > 0; n--) {
      const owner = reader.name();
      if (reader.left < 4) return false;
      const type = reader.u16();
      reader.u16();
      const ttl = reader.u32();
      const length = reader.u16();
      if (length > reader.left) return false;
      const text = recordText(reader, type, length, owner);
      if (text === BROKEN) return false;
      if (text === SILENT) continue;
      if (this.told++ === 0) this.owner = owner;
      if (text === '') {
        if (reader.isBroken) return false;
        continue;
      }
      characters += text.length;
      if (characters > MOST_CHARACTERS) return false;
      answers.push(text);
      ttls.push(ttl);
      if (reader.isBroken) return false;
    }
    return true;
  }
}
