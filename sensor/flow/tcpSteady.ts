import { TcpFlag } from '../../core/packet/numbers.ts';
import type { PacketFields } from '../../core/packet/fields.ts';
import { Seen } from './history.ts';
import { Double, SLOT_DOUBLES, SLOT_WORDS, Word } from './layout.ts';
import { EndBit, TcpBit, TcpState } from './tcpState.ts';
import { timeouts } from './timeouts.ts';

/** What makes an end's packets need a closer look, for both ends. */
const UNSTEADY = (EndBit.FIN | EndBit.CLOSED | EndBit.HOLE | EndBit.EOF | EndBit.BLIND) * 0x10001;
/** Both ends established, and nothing of `DEFERRED` and `ENDING`; the time-out is long, the handshake timed or given up. */
const STEADY_MASK = (0xff << 16) | TcpBit.DEFERRED | TcpBit.ENDING | TcpBit.LONG | TcpBit.NO_RTT;
const STEADY = (TcpState.ESTABLISHED << 16) | (TcpState.ESTABLISHED << 20) | TcpBit.LONG | TcpBit.NO_RTT;

/**
 * Most segments of most connections: data in order, or a bare acknowledgement, between two established ends, with nothing
 * lost, repeated, closed or wrapped round. Takes such a one in and answers true; answers false, and changes nothing, when
 * anything is out of the ordinary. What it does is what `TcpTracker.packet` would do, at a fifth of the price.
 */
export function takeSteady(
  u32: Uint32Array,
  f64: Float64Array,
  now: Float64Array,
  slot: number,
  fields: PacketFields,
  end: number,
): boolean {
  if ((fields.tcpFlags & (TcpFlag.FIN | TcpFlag.SYN | TcpFlag.RST | TcpFlag.ACK)) !== TcpFlag.ACK) return false;
  const at = slot * SLOT_WORDS;
  if ((u32[at + Word.STATE]! & STEADY_MASK) !== STEADY || fields.tcpWindow === 0) return false;
  const length = fields.payloadLength;
  const own = (length > 0 ? EndBit.ACTIVE | Seen.DATA : EndBit.ACTIVE | Seen.ACK) << (end << 4);
  if ((u32[at + Word.HISTORY_SEEN]! & (UNSTEADY | own)) !== own || fields.payloadCaptured < length) return false;
  const sequence = fields.tcpSequence | 0;
  if (sequence !== (u32[at + Word.SEQUENCE_A + end]! | 0)) return false;
  const past = (sequence + length) | 0;
  if (((sequence - u32[at + Word.INITIAL_A + end]!) | 0) < 0 || past >>> 0 < sequence >>> 0) return false;
  const peer = end ^ 1;
  const acknowledgement = fields.tcpAcknowledgement | 0;
  const last = u32[at + Word.ACKNOWLEDGED_BY_A + end]! | 0;
  if (((acknowledgement - last) | 0) < 0 || acknowledgement >>> 0 < last >>> 0) return false;
  if (((acknowledgement - u32[at + Word.INITIAL_A + peer]!) | 0) < 0) return false;
  if (((acknowledgement - u32[at + Word.SEQUENCE_A + peer]!) | 0) > 0) return false;
  u32[at + Word.SEQUENCE_A + end] = past;
  u32[at + Word.ACKNOWLEDGED_BY_A + end] = acknowledgement;
  f64[slot * SLOT_DOUBLES + Double.EXPIRES] = now[0]! + timeouts.tcpInactivity;
  return true;
}
