import protobuf from 'protobufjs/minimal.js';

// Must run before the generated code loads, and therefore at import: without a Long type 64-bit fields are read as
// numbers. The range is checked where messages are read (`safe` in the codecs).
(protobuf.util as { Long?: unknown }).Long = undefined;
protobuf.configure();

/** A view without Node's Buffer methods, which is what protobufjs makes when it is given a Buffer. */
export function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
