import type { DnsClient, DnsDigest, DnsName, DnsPair, DnsQueries } from './digest.ts';
import { digestLimits } from './digest.ts';
import { distinctOctets } from './distinctCodec.ts';
import { noEncrypted, noOther, noTotals } from './sealedPeriod.ts';

/** Octets of a message, about, before it is deflated. Of sketches deflating leaves all. */
const PIECE = 640 * 1024;
/** Octets that a row takes besides its texts and its sketch, at most as a rule. */
const ROW = 24;

interface Piece {
  octets: number;
  dense: number;
  queries: DnsQueries[];
  names: DnsName[];
  clients: DnsClient[];
  pairs: DnsPair[];
}

/** The digest as so many that each fits a message: the first has the totals, each row is in one of them. */
export function splitDigest(digest: DnsDigest): DnsDigest[] {
  const pieces = [newPiece()];
  const room = (octets: number, dense = 0): Piece => {
    let piece = pieces.at(-1)!;
    const isFull = piece.octets + octets > PIECE || piece.dense + dense > digestLimits.dense - 3;
    if (isFull || rowsOf(piece) >= digestLimits.rows) pieces.push((piece = newPiece()));
    piece.octets += octets;
    piece.dense += dense;
    return piece;
  };
  const isDense = ({ cells }: DnsName['clients']): number => (cells === undefined ? 1 : 0);
  for (const row of byName(digest.names, ({ name }) => name)) {
    room(ROW + row.name.length + distinctOctets(row.clients), isDense(row.clients)).names.push(row);
  }
  for (const row of digest.clients) room(ROW + distinctOctets(row.names), isDense(row.names)).clients.push(row);
  for (const row of byName(digest.queries, ({ name }) => name)) room(2 * ROW).queries.push(row);
  for (const row of byName(digest.pairs, ({ rrname }) => rrname)) {
    room(ROW + row.rrname.length + row.rdata.length).pairs.push(row);
  }
  return pieces.map(({ queries, names, clients, pairs }, i) => {
    const rows = { ...digest, queries, names, clients, pairs };
    return i === 0 ? rows : { ...rows, other: noOther(), totals: noTotals(), encrypted: noEncrypted() };
  });
}

function newPiece(): Piece {
  return { octets: 4096, dense: 0, queries: [], names: [], clients: [], pairs: [] };
}

function rowsOf({ queries, names, clients, pairs }: Piece): number {
  return queries.length + names.length + clients.length + pairs.length;
}

/** Names of one domain together, as the texts are then shortest. */
function byName<Row>(rows: readonly Row[], nameOf: (row: Row) => string): Row[] {
  const keyed = rows.map((row) => ({ row, key: nameOf(row).split('.').toReversed().join('.') }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  return keyed.map(({ row }) => row);
}
