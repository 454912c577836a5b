/** An interface that packets of a file came from. */
export interface FileInterface {
  /** The number of the file in the list of files. */
  file: number;
  /** As the file names it, perhaps ''. Bytes from outside: escape before printing. */
  name: string;
  linkType: number;
  /** 0 = no limit. */
  snaplen: number;
}

/** `PacketBatch.interface` has 16 bits. */
const maxInterfaces = 65_536;

/**
 * The interfaces of all files that are read together; an interface's place in `list` is `PacketBatch.interface`.
 *
 * A file with many sections describes the same interfaces again and again: equal descriptions at the same place of a
 * section have one number.
 */
export class InterfaceTable {
  readonly list: FileInterface[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of the interface that is the `place`th of its section, or -1 when the table is full. */
  add(description: FileInterface, place: number): number {
    const key = JSON.stringify([description.file, place, description.linkType, description.snaplen, description.name]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.list.length === maxInterfaces) return -1;
    this.#numbers.set(key, this.list.length);
    return this.list.push(description) - 1;
  }
}
