import { createSocket } from 'node:dgram';
import { answerTo, queryFor } from './dnsMessages.ts';

/**
 * Real DNS over UDP: `node dnsTalk.ts answer ADDRESS` answers every query, `node dnsTalk.ts ask ADDRESS RATE` asks for
 * q0.kill.test, q1.kill.test and so on until SIGTERM, and then prints when each was sent, in milliseconds since 1970.
 */
const [what, address = '', rate = '100'] = process.argv.slice(2);
const socket = createSocket('udp4');

if (what === 'answer') {
  socket.on('message', (query, { address: from, port }) => socket.send(answerTo(query), port, from));
  socket.bind(53, address, () => process.stdout.write('ready\n'));
} else {
  const sent: number[] = [];
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * Number(rate));
    // After a pause of the machine no more than the other end holds.
    for (let n = 0; n < 20 && sent.length < due; n++) {
      const query = queryFor(sent.length);
      sent.push(Date.now());
      socket.send(query, 53, address);
    }
  }, 10);
  process.on('SIGTERM', () => {
    clearInterval(timer);
    process.stdout.write(JSON.stringify(sent), () => process.exit(0));
  });
}
