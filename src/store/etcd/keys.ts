// Where the store's keys lie in etcd. Everything is under one prefix, in two places that one watch covers: the keys
// themselves, and the fence, a key that is written only to see the write come back.

const decoder = new TextDecoder();

export interface EtcdKeys {
  readonly fence: Uint8Array;
  /** All that belongs to the store, for watching. */
  readonly all: EtcdRange;
  toEtcd(key: string): Uint8Array;
  /** Undefined: not a key of the store's. */
  fromEtcd(key: Uint8Array): string | undefined;
  /** The keys with `prefix` from `start` on. */
  range(prefix: string, start: string): EtcdRange;
}
export interface EtcdRange {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

/** In UTF-8 no byte is 0xff, so the last one can always be raised by one. */
function endOf(prefix: Uint8Array): Uint8Array {
  const end = Uint8Array.from(prefix);
  end[end.length - 1]!++;
  return end;
}

export function etcdKeys(prefix: string): EtcdKeys {
  const all = Buffer.from(`${prefix}/`);
  const data = Buffer.from(`${prefix}/data/`);
  const toEtcd = (key: string): Buffer => Buffer.concat([data, Buffer.from(key)]);
  return {
    fence: Buffer.from(`${prefix}/fence`),
    all: { key: all, rangeEnd: endOf(all) },
    toEtcd,
    fromEtcd: (key) =>
      data.equals(key.subarray(0, data.length)) ? decoder.decode(key.subarray(data.length)) : undefined,
    range: (listed, start) => ({ key: toEtcd(start), rangeEnd: endOf(toEtcd(listed)) }),
  };
}
