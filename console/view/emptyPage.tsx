/** Before any sensor was ever seen: how to start one. `origin` is where this page came from. */
export function EmptyPage({ origin }: { origin: string }) {
  return (
    <section class="panel empty whole" aria-labelledby="empty-title" data-testid="empty">
      <h2 id="empty-title">No sensor has reported yet</h2>
      <p>
        Start one on this host. It captures on the interface that you name, and its first window is here seconds later:
      </p>
      <pre>sudo cli/picket sensor --interface eth0 --site home --manager {origin}</pre>
      <p>Or let it read a capture that you have. Its windows keep their own times; they are shown under All:</p>
      <pre>cli/picket sensor --replay capture.pcap --site lab --manager {origin}</pre>
      <p>This page fills itself as soon as something arrives.</p>
    </section>
  );
}
