/** Versions of QUIC whose Initial packets can be read: what their keys are made with differs by family. */

export const VERSION_1 = 0x00000001;
export const VERSION_2 = 0x6b3343cf;
/** Drafts have their number in the last octet (draft-ietf-quic-transport). */
const DRAFTS = 0xff000000;
const MVFST_22 = 0xfaceb001;
const MVFST_27 = 0xfaceb002;
const MVFST_TRIAL = 0xfaceb00e;
const T050 = 0x54303530;
const T051 = 0x54303531;
/** Versions of that pattern are there to be refused (RFC 9000 section 15); their hellos are written as version 1 has it. */
const RESERVED = 0x0a0a0a0a;
const RESERVED_MASK = 0x0f0f0f0f;

/** Versions with the salt of the first draft, or version, that had it. */
export type SaltName = 'draft-22' | 'draft-23' | 'draft-29' | 'T050' | 'T051' | '1' | '2';

/** Which salt a version's keys are made with; undefined: it can't be read (Google's QUIC before TLS among others). */
export function saltName(version: number): SaltName | undefined {
  switch (version) {
    case VERSION_1:
      return '1';
    case VERSION_2:
      return '2';
    case MVFST_22:
      return 'draft-22';
    case MVFST_27:
    case MVFST_TRIAL:
      return 'draft-23';
    case T050:
      return 'T050';
    case T051:
      return 'T051';
    default:
  }
  if ((version & RESERVED_MASK) === RESERVED) return '1';
  const draft = version - DRAFTS;
  if (draft < 22 || draft > 34) return undefined;
  if (draft === 22) return 'draft-22';
  if (draft <= 28) return 'draft-23';
  return draft <= 32 ? 'draft-29' : '1';
}

/** As Zeek calls it. */
export function quicVersionName(version: number): string {
  if (version === VERSION_1) return '1';
  if (version === VERSION_2) return 'quicv2';
  const draft = version - DRAFTS;
  if (draft >= 22 && draft <= 34) return `draft-${draft}`;
  const hex = version.toString(16);
  return version >>> 8 === 0xfaceb0 ? `mvfst (${hex})` : `unknown-${hex}`;
}
