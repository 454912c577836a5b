/**
 * When a connection is over: Zeek's defaults, in seconds (its scripts/base/init-bare.zeek), here under its names.
 *
 * Zeek also has timers that only run when a script handles their event (`tcp_partial_close_delay` 3 s,
 * `tcp_reset_delay` 5 s); no default script does, and neither do we. There is no active time-out: a connection that
 * lives on is one row, however long it lasts.
 */
export const timeouts = {
  /** `tcp_attempt_delay`: a SYN without any answer, counted from the first SYN, whether it is sent again or not. */
  tcpAttempt: 5,
  /** `udp_inactivity_timeout`, which Zeek starts TCP with: no packet while neither end is past its SYN. */
  tcpHandshake: 60,
  /** `tcp_inactivity_timeout`: no packet on a connection that had more than SYNs. */
  tcpInactivity: 300,
  /** `tcp_close_delay`: after both ends closed, or one reset; packets that come later do not prolong it. */
  tcpClose: 5,
  /** `udp_inactivity_timeout`: no UDP packet either way. */
  udp: 60,
  /**
   * `dns_session_timeout`: UDP to a port of DNS (also mDNS, LLMNR, NetBIOS names) is looked at every ten seconds from its
   * first packet on, and over when it was quiet for nine of them (`dnsTimers.ts`).
   */
  dns: 10,
  dnsQuiet: 9,
  /** `icmp_inactivity_timeout`: no ICMP packet either way. */
  icmp: 60,
  /** `unknown_ip_inactivity_timeout`: no packet of another IP protocol either way. */
  unknown: 60,
} as const;
