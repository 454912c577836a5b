/** A sensor that was ever seen. Times are milliseconds since 1970. */
export interface KnownSensor {
  site: string;
  name: string;
  software: string;
  firstSeen: number;
  lastSeen: number;
  /** Its last connection shipped capture files. */
  replay: boolean;
}

export interface SensorHello {
  site: string;
  name: string;
  software: string;
  replay: boolean;
  /** 32 hexadecimal digits. */
  stream: string;
}

/**
 * The small, transactional door of the store (seam S4): what must not be lost with bulk data. Sensors and streams now;
 * tokens, users, pulls and audit come here. Statements stay plain SQL, so that several managers can share a database.
 */
export interface ControlStore {
  /** The deployment's seed, 16 bytes, made once. */
  seed(): Uint8Array;
  /** Takes note of a sensor that said hello. False when the stream belongs to another sensor. */
  sensorSeen(hello: SensorHello, atMillis: number): boolean;
  /** Moves a sensor's time of last sight. */
  touch(site: string, name: string, atMillis: number): void;
  sensors(): KnownSensor[];
}
