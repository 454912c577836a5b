/** A query of type A for `qN.kill.test`, with N as its id. */
export function queryFor(serial: number): Buffer {
  const head = Buffer.from([serial >> 8, serial, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const labels = [`q${serial}`, 'kill', 'test'].flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.concat([head, Buffer.from([...labels, 0, 0, 1, 0, 1])]);
}

/** The query with the flags of an answer, and one record of type A that points to its name. */
export function answerTo(query: Uint8Array): Buffer {
  const head = Buffer.from(query.subarray(0, 12));
  head[2] = 0x81;
  head[3] = 0x80;
  head[7] = 1;
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
  return Buffer.concat([head, query.subarray(12), record]);
}
