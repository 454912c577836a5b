/**
 * How large a row may become, whatever the wire says: Zeek's limits since 8.1 (`Log::default_max_field_string_bytes`,
 * `Log::default_max_field_container_elements`, and the latter of `x509.log`).
 */

/** Characters of a text. */
export const MOST_TEXT = 4096;
/** Items of a list; of one in `x509.log`. */
export const MOST_ITEMS = 100;
export const MOST_NAMES = 500;

/** The text, or its begin. */
export function cutText(text: string): string {
  return text.length > MOST_TEXT ? text.slice(0, MOST_TEXT) : text;
}

/** The list, or its begin. */
export function cutList<T>(list: readonly T[], most: number = MOST_ITEMS): readonly T[] {
  return list.length > most ? list.slice(0, most) : list;
}
