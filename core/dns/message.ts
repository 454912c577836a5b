/**
 * A DNS message (RFC 1035, 4) as a log needs it: header, the last question, and what the records of the answer section
 * say. Authority and additional sections are counted, not read, as Zeek does it by default; of a dynamic update
 * (RFC 2136) the first two sections behind the zone are.
 */
import { cutText } from '../records/limits.ts';
import { DnsFault } from './fault.ts';
import { Opcode } from './numbers.ts';
import { DnsReader } from './reader.ts';
import { BROKEN, recordText, SILENT } from './recordText.ts';
import { additionText, deletionText, isDeletion, prerequisiteText } from './updateText.ts';
import { zoneText } from './zoneText.ts';

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
  /** Its opcode is none that is known: nothing behind it is read. */
  UNKNOWN: 4,
} as const;
export type DnsVerdict = (typeof DnsVerdict)[keyof typeof DnsVerdict];

/** Octets of the header. */
export const DNS_HEADER = 12;
/** More questions are taken for something else than DNS (Zeek's `dns_max_queries`). */
const MOST_QUESTIONS = 25;
/** Characters that the answers of one message may come to: compression makes more of them than the message has octets. */
const MOST_CHARACTERS = 262_144;

/** What a section's records are. */
const Section = { ANSWER: 0, PREREQUISITE: 1, UPDATE: 2 } as const;
type Section = (typeof Section)[keyof typeof Section];

const noStrings: readonly string[] = [];
const noNumbers: readonly number[] = [];
const noRecords: readonly DnsAnswerRecord[] = [];

/** A record by itself. */
export interface DnsAnswerRecord {
  /** Key of its name: see `DnsReader.name`. */
  readonly owner: string;
  readonly rrtype: number;
  /** What it says, in the form of zone files: see `zoneText`. */
  readonly rdata: string;
  /** Seconds it may be kept. */
  readonly ttl: number;
}

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

  /** Questions that were read, and what the last of them was: its name as text and as key (see `DnsReader.name`). */
  asked = 0;
  query = '';
  queryKey = '';
  qtype = 0;
  qclass = 0;

  /** Answers that are told of; the name of the first of them; what is printed, each with the seconds it may be kept. */
  told = 0;
  owner = '';
  answers: readonly string[] = noStrings;
  ttls: readonly number[] = noNumbers;
  /** Only `withRecords`: the records of the section, printed or not. */
  answerRecords: readonly DnsAnswerRecord[] = noRecords;
  /** Characters of `answers` and of what records say. */
  characters = 0;

  /** Octets that were looked at, from the start to behind the last that was read. */
  get looked(): number {
    return this.#reader.pos - this.#reader.start;
  }

  /** What was found wrong, each with more of it or an empty text. */
  get faults(): readonly (readonly [DnsFault, string])[] {
    return this.#reader.faults;
  }

  readonly #reader: DnsReader = new DnsReader();
  readonly #withRecords: boolean;
  /** What is printed so far, `[0 .. #kept)`; what stands behind is of earlier messages. */
  #kept = 0;
  readonly #answers: string[] = [];
  readonly #ttls: number[] = [];
  #answerRecords: DnsAnswerRecord[] | undefined = undefined;

  /** `withRecords`: the answer section's records are kept too, each by itself. */
  constructor(withRecords = false) {
    this.#withRecords = withRecords;
  }

  /**
   * Reads the message in `bytes[start .. end)`. `isNetbios` is told by the port: names may have longer labels, and some
   * types and opcodes are others. Never throws; what could not be read is told by the verdict, and the fields hold what
   * came before.
   */
  read(bytes: Uint8Array, start: number, end: number, isNetbios: boolean): DnsVerdict {
    const reader = this.#reader;
    reader.reset(bytes, start, end, isNetbios);
    this.#forget();
    if (reader.left < DNS_HEADER) {
      reader.fault(DnsFault.SHORT);
      return DnsVerdict.SHORT;
    }
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
    if (!isNetbios && !isKnown(this.opcode)) {
      reader.fault(DnsFault.OPCODE, String(this.opcode));
      return DnsVerdict.UNKNOWN;
    }
    if (this.questions > MOST_QUESTIONS) {
      reader.fault(DnsFault.QUESTIONS, `${this.questions} > ${MOST_QUESTIONS}`);
      return DnsVerdict.ALIEN;
    }
    const answers = reader.u16();
    const authorities = reader.u16();
    this.records = answers + authorities + reader.u16();
    for (let n = this.questions; n > 0; n--) if (!this.#question(reader)) return DnsVerdict.CUT;
    const isUpdate = this.opcode === Opcode.UPDATE && !isNetbios;
    let isWhole = this.#section(reader, answers, isUpdate ? Section.PREREQUISITE : Section.ANSWER);
    if (isWhole && isUpdate) isWhole = this.#section(reader, authorities, Section.UPDATE);
    this.#hand(this.#kept);
    return isWhole ? DnsVerdict.WHOLE : DnsVerdict.CUT;
  }

  #forget(): void {
    this.asked = 0;
    this.query = '';
    this.queryKey = '';
    this.told = 0;
    this.owner = '';
    this.characters = 0;
    this.records = 0;
    this.answers = noStrings;
    this.ttls = noNumbers;
    this.answerRecords = noRecords;
  }

  /** The lists are the caller's from here on: copies, as long as they must be. */
  #hand(count: number): void {
    if (this.#answerRecords !== undefined) {
      this.answerRecords = this.#answerRecords;
      this.#answerRecords = undefined;
    }
    if (count === 0) return;
    this.answers = this.#answers.slice(0, count);
    this.ttls = this.#ttls.slice(0, count);
    this.#kept = 0;
  }

  #question(reader: DnsReader): boolean {
    const name = reader.name();
    if (reader.isBroken) return false;
    if (reader.left < 4) {
      reader.fault(DnsFault.QUESTION_SHORT);
      return false;
    }
    this.query = name;
    this.queryKey = reader.key;
    this.qtype = reader.u16();
    this.qclass = reader.u16();
    this.asked++;
    return true;
  }

  #section(reader: DnsReader, count: number, section: Section): boolean {
    for (let n = count; n > 0; n--) if (!this.#record(reader, section)) return false;
    return true;
  }

  #record(reader: DnsReader, section: Section): boolean {
    const owner = reader.name();
    const { key } = reader;
    if (reader.isBroken) return false;
    if (reader.left < 4) {
      reader.fault(DnsFault.RECORD_SHORT);
      return false;
    }
    const type = reader.u16();
    const rrclass = reader.u16();
    const ttl = reader.u32();
    const length = reader.u16();
    if (length > reader.left) {
      reader.fault(DnsFault.RECORD_LONG);
      return false;
    }
    let text: string | typeof SILENT | typeof BROKEN;
    if (section === Section.PREREQUISITE) {
      text = prerequisiteText(type, rrclass, owner);
      reader.skip(length);
    } else if (section === Section.UPDATE && isDeletion(rrclass)) {
      text = deletionText(type, rrclass, owner);
      reader.skip(length);
    } else {
      if (length === 0 && reader.left > 0) {
        reader.fault(DnsFault.RECORD_EMPTY);
        return false;
      }
      const from = reader.pos;
      text = recordText(reader, type, length, owner);
      if (this.#withRecords && section === Section.ANSWER && text !== BROKEN) {
        this.#keepRecord(reader, key, type, ttl, from, length, text === SILENT ? undefined : text);
      }
      if (section === Section.UPDATE && typeof text === 'string') text = additionText(type, owner, text);
    }
    if (text === BROKEN) return false;
    if (text === SILENT) return true;
    if (this.told++ === 0) this.owner = owner;
    if (text !== '') {
      this.characters += text.length;
      if (this.characters > MOST_CHARACTERS) return false;
      this.#answers[this.#kept] = cutText(text);
      this.#ttls[this.#kept++] = ttl;
    }
    return !reader.isBroken;
  }

  #keepRecord(
    reader: DnsReader,
    owner: string,
    type: number,
    ttl: number,
    from: number,
    length: number,
    text: string | undefined,
  ): void {
    const rdata = zoneText(reader, type, from, length, text);
    if (rdata === undefined || rdata === '') return;
    this.characters += rdata.length;
    if (this.characters <= MOST_CHARACTERS) (this.#answerRecords ??= []).push({ owner, rrtype: type, rdata, ttl });
  }
}

/** Kinds of messages that are read. NetBIOS has others, all of one form. */
function isKnown(opcode: number): boolean {
  return opcode === Opcode.QUERY || opcode === Opcode.NOTIFY || opcode === Opcode.UPDATE;
}
