import type { Answer, Asked } from '../../../proto/api.ts';
import { headOf, mergeFrame, openFrame, tellLeftOut } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { sectionsOfCounters } from '../folds/countersFold.ts';
import { sectionsOfTop } from '../folds/topFold.ts';
import { isStatus } from '../statusFilter.ts';

/** Answers of HTTP that are merged before statuses are chosen. */
const mergedRows = 4096;

/** Answers of HTTP by status and client, or by status and server; and how much of the web was seen. */
export async function answerHttp(desk: Desk, asked: Asked<'http'>, signal?: AbortSignal): Promise<Answer<'http'>> {
  const { by, status, limit } = asked;
  const frame = await openFrame(desk, asked, { signal });
  const what = by === 'client' ? 'statusClients' : 'statusServers';
  const list = await mergeFrame(
    desk,
    frame,
    { fold: 'top', what, by: 'packets', side: 'all', limit: mergedRows },
    sectionsOfTop(what),
  );
  const { counts, leftOut } = await mergeFrame(desk, frame, { fold: 'counters', prefixes: ['http.', 'web.'] }, [
    ...sectionsOfCounters,
  ]);
  const chosen = list.rows.map(({ key, packets, octets, error }) => {
    const [code = '', host = ''] = key.split(' ');
    return { status: Number(code), [by]: host, count: packets, error: error.packets, octets };
  });
  const rows = chosen.filter((row) => status.length === 0 || status.some((one) => isStatus(row.status, one)));
  const clear = counts.get('web.clear.octets') ?? 0;
  const encrypted = counts.get('web.encrypted.octets') ?? 0;
  return {
    ...headOf(desk, 'http', asked, frame, tellLeftOut(list.leftOut + leftOut)),
    rows: rows.slice(0, limit),
    others: list.others.packets,
    total: {
      requests: counts.get('http.requests') ?? 0,
      responses: counts.get('http.responses') ?? 0,
      octets: { clear, encrypted },
      unseen: clear + encrypted === 0 ? null : encrypted / (clear + encrypted),
    },
  };
}
