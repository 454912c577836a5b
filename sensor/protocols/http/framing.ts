import type { Header } from './header.ts';
import { contentLengthOf, contentRangeOf } from './lengths.ts';

/** How long a body is and how it comes, by its headers: Zeek's rules where they contradict each other. */
export class Framing {
  /** Octets of the body as it comes; -1 = not told. */
  contentLength = -1;
  isChunked = false;
  /** A range of a file (status 206). */
  isPartial = false;
  /** Where in the file its next octets stand. */
  offset = 0;
  /** Octets of the whole file; -1 = not told. */
  instanceLength = -1;
  isContinueExpected = false;
  #rangeLength = -1;
  readonly #weird: (name: string, addl?: string) => void;

  constructor(weird: (name: string, addl?: string) => void) {
    this.#weird = weird;
  }

  takeLength(header: Header): void {
    if (this.isChunked) this.#weird('HTTP_content_length_and_chunked');
    const text = header.rawToken;
    if (text === '') return;
    const length = contentLengthOf(text);
    if (length === undefined) {
      this.#weird('HTTP_bad_content_length', text);
      this.contentLength = 0;
      return;
    }
    if (length > 0 && text.startsWith('0')) this.#weird('HTTP_content_length_leading_zeros', text);
    this.contentLength = length;
    if (this.isPartial && this.#rangeLength !== length) {
      this.#weird('HTTP_range_not_matching_len');
      this.contentLength = Math.max(length, this.#rangeLength);
    }
    if (this.contentLength === 0 && this.isContinueExpected) {
      this.#weird('HTTP_content_length_0_and_expect_100_cont');
    }
  }

  takeRange(header: Header): void {
    if (this.isChunked) this.#weird('HTTP_content_range_and_chunked');
    const range = contentRangeOf(header.rawToken, header.afterToken);
    if (typeof range === 'string') {
      this.#weird(range);
      return;
    }
    this.isPartial = true;
    this.offset = range.first;
    this.#rangeLength = range.length;
    if (range.instance !== undefined) this.instanceLength = range.instance;
    if (this.contentLength > 0 && this.contentLength !== range.length) {
      this.#weird('HTTP_range_not_matching_len');
    }
    this.contentLength = this.contentLength > 0 ? Math.max(this.contentLength, range.length) : range.length;
  }

  takeChunked(header: Header): void {
    if (header.firstToken !== 'chunked') return;
    this.isChunked = true;
    if (header.afterToken !== '') this.#weird('HTTP_chunked_multi', header.afterToken);
    if (this.contentLength >= 0) this.#weird('HTTP_content_length_and_chunked');
  }
}
