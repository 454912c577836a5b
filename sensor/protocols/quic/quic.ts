import { LongHeader, LongType } from '../../../core/quic/longHeader.ts';
import { type DatagramProtocol, Sign } from '../protocol.ts';
import { KeptOctets, MOST_KEPT } from '../tls/keptOctets.ts';
import { QuicAnalyser } from './quicAnalyser.ts';

/** QUIC, told by an Initial packet on any port: `quic.log`. */
export function createQuic(mostKept: number = MOST_KEPT): DatagramProtocol {
  const budget = new KeptOctets(mostKept);
  const header = new LongHeader();
  return {
    name: 'quic',
    transport: 'udp',
    ports: new Set(),
    recognise: (_isOrig, bytes, from, to) =>
      header.read(bytes, from, to) && header.type === LongType.INITIAL ? Sign.YES : Sign.NO,
    create: (flow) => new QuicAnalyser(flow, budget),
  };
}
