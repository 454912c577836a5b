/** What is wrong with a message, under the names that Zeek's `weird.log` has. */
export const DnsFault = {
  SHORT: 'DNS_truncated_len_lt_hdr_len',
  /** With the number. */
  OPCODE: 'DNS_unknown_opcode',
  /** With the number and the bound, as `100 > 25`. */
  QUESTIONS: 'DNS_Conn_count_too_large',
  QUESTION_SHORT: 'DNS_truncated_quest_too_short',
  RECORD_SHORT: 'DNS_truncated_ans_too_short',
  RECORD_LONG: 'DNS_truncated_RR_rdlength_lt_len',
  RECORD_EMPTY: 'DNS_zero_rdlength',
  /** A record's data is longer or shorter than it says. */
  RECORD_LENGTH: 'DNS_RR_length_mismatch',
  ADDRESS_LENGTH: 'DNS_RR_bad_length',
  /** With the number. */
  TYPE: 'DNS_RR_unknown_type',
  TEXT_LONG: 'DNS_TXT_char_str_past_rdlen',
  /** The message ends where a label should begin. */
  NAME_CUT: 'dns_invalid_name',
  NAME_LONG: 'DNS_NAME_too_long',
  POINTER: 'DNS_label_forward_compress_offset',
  LABEL_CUT: 'DNS_label_len_gt_pkt',
  LABEL_LONG: 'DNS_label_too_long',
  LABEL_BEYOND: 'DNS_label_len_gt_name_len',
} as const;
export type DnsFault = (typeof DnsFault)[keyof typeof DnsFault];
