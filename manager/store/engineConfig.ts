/** How the embedded engine runs. */
export interface EngineConfig {
  /** Its directory: `data`, `inserts`, `engine.xml`. */
  directory: string;
  /** Memory of its process, in bytes. */
  memoryBytes: number;
  /** Statements that run at a time. */
  sessions: number;
  /** Milliseconds and bytes of memory that a question may take. */
  queryMillis: number;
  queryBytes: number;
}

/** The engine's configuration file: what can't be set by a session. */
export function engineConfigFile(config: EngineConfig): string {
  const settings: Readonly<Record<string, number>> = {
    max_server_memory_usage: config.memoryBytes,
    mark_cache_size: Math.round(config.memoryBytes / 16),
    uncompressed_cache_size: 0,
    background_pool_size: 2,
    background_schedule_pool_size: 2,
    background_common_pool_size: 2,
    background_fetches_pool_size: 1,
    background_move_pool_size: 1,
    background_message_broker_schedule_pool_size: 1,
    background_distributed_schedule_pool_size: 1,
  };
  const lines = Object.entries(settings).map(([name, value]) => `  <${name}>${value}</${name}>`);
  return `<clickhouse>\n  <logger><level>none</level></logger>\n${lines.join('\n')}\n</clickhouse>\n`;
}

/** Settings of every session. */
export function sessionSettings(config: EngineConfig): string[] {
  return [
    'async_insert = 0',
    'insert_deduplicate = 0',
    'output_format_json_quote_64bit_integers = 1',
    'output_format_parquet_string_as_string = 0',
    'max_threads = 2',
    // A question over many ranges names each of them.
    'max_query_size = 16777216',
    'max_ast_elements = 1000000',
    'max_expanded_ast_elements = 1000000',
    `max_memory_usage = ${Math.round(config.memoryBytes * 0.8)}`,
  ];
}
