// The part of etcd's version 3 gRPC interface that the store uses: names and numbers as etcd publishes them, fields
// that are never used left out. Enumerations are plain numbers, which is the same on the wire.

type Field = readonly [type: string, id: number, rule?: "repeated"];
const message = (fields: Record<string, Field>) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, ...(rule && { rule }) }]),
  ),
});
const method = (name: string, isStream = false) => ({
  requestType: `${name}Request`,
  responseType: `${name}Response`,
  ...(isStream && { requestStream: true, responseStream: true }),
});

const mvccpb = {
  KeyValue: message({
    key: ["bytes", 1],
    createRevision: ["int64", 2],
    modRevision: ["int64", 3],
    value: ["bytes", 5],
  }),
  Event: message({ type: ["int32", 1], kv: ["KeyValue", 2], prevKv: ["KeyValue", 3] }),
};

const etcdserverpb = {
  ResponseHeader: message({ revision: ["int64", 3] }),
  RangeRequest: message({
    key: ["bytes", 1],
    rangeEnd: ["bytes", 2],
    limit: ["int64", 3],
    revision: ["int64", 4],
    countOnly: ["bool", 9],
  }),
  RangeResponse: message({
    header: ["ResponseHeader", 1],
    kvs: ["mvccpb.KeyValue", 2, "repeated"],
    more: ["bool", 3],
    count: ["int64", 4],
  }),
  PutRequest: message({ key: ["bytes", 1], value: ["bytes", 2] }),
  PutResponse: message({ header: ["ResponseHeader", 1] }),
  DeleteRangeRequest: message({ key: ["bytes", 1] }),
  DeleteRangeResponse: message({ header: ["ResponseHeader", 1] }),
  Compare: message({ result: ["int32", 1], target: ["int32", 2], key: ["bytes", 3], modRevision: ["int64", 6] }),
  RequestOp: message({
    requestRange: ["RangeRequest", 1],
    requestPut: ["PutRequest", 2],
    requestDeleteRange: ["DeleteRangeRequest", 3],
  }),
  ResponseOp: message({ responseRange: ["RangeResponse", 1] }),
  TxnRequest: message({
    compare: ["Compare", 1, "repeated"],
    success: ["RequestOp", 2, "repeated"],
    failure: ["RequestOp", 3, "repeated"],
  }),
  TxnResponse: message({
    header: ["ResponseHeader", 1],
    succeeded: ["bool", 2],
    responses: ["ResponseOp", 3, "repeated"],
  }),
  CompactionRequest: message({ revision: ["int64", 1], physical: ["bool", 2] }),
  CompactionResponse: message({ header: ["ResponseHeader", 1] }),
  WatchRequest: message({ createRequest: ["WatchCreateRequest", 1] }),
  WatchCreateRequest: message({
    key: ["bytes", 1],
    rangeEnd: ["bytes", 2],
    startRevision: ["int64", 3],
    progressNotify: ["bool", 4],
    prevKv: ["bool", 6],
  }),
  WatchResponse: message({
    header: ["ResponseHeader", 1],
    created: ["bool", 3],
    canceled: ["bool", 4],
    compactRevision: ["int64", 5],
    cancelReason: ["string", 6],
    events: ["mvccpb.Event", 11, "repeated"],
  }),
  StatusRequest: message({}),
  StatusResponse: message({ header: ["ResponseHeader", 1], version: ["string", 2], dbSize: ["int64", 3] }),
  KV: {
    methods: {
      Range: method("Range"),
      Put: method("Put"),
      Txn: method("Txn"),
      Compact: method("Compaction"),
    },
  },
  Watch: { methods: { Watch: method("Watch", true) } },
  Maintenance: { methods: { Status: method("Status") } },
};

/** In the form that proto-loader reads. */
export const etcdDescriptor = { nested: { mvccpb: { nested: mvccpb }, etcdserverpb: { nested: etcdserverpb } } };

/** etcd's numbers: a comparison for equality, of a key's newest revision; an event that deletes. */
export const compareEqual = 0;
export const compareModRevision = 2;
export const eventDelete = 1;

export interface KeyValue {
  readonly key: Buffer<ArrayBuffer>;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly value: Buffer<ArrayBuffer>;
}
export interface Event {
  readonly type: number;
  readonly kv: KeyValue;
  readonly prevKv: KeyValue | null;
}
interface Header {
  readonly header: { readonly revision: number };
}
export interface RangeRequest {
  readonly key: Uint8Array;
  /** Exclusive; absent: the key alone. A single zero byte: no end. */
  readonly rangeEnd?: Uint8Array;
  readonly limit?: number;
  readonly revision?: number;
  readonly countOnly?: boolean;
}
export interface RangeResponse extends Header {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  /** Of the whole range, whatever the limit. */
  readonly count: number;
}
interface RequestOp {
  readonly requestRange?: RangeRequest;
  readonly requestPut?: { readonly key: Uint8Array; readonly value: Uint8Array };
  readonly requestDeleteRange?: { readonly key: Uint8Array };
}
export interface TxnRequest {
  readonly compare: readonly {
    readonly result: number;
    readonly target: number;
    readonly key: Uint8Array;
    readonly modRevision: number;
  }[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}
export interface TxnResponse extends Header {
  readonly succeeded: boolean;
  readonly responses: readonly { readonly responseRange: RangeResponse | null }[];
}
export interface WatchRequest {
  readonly createRequest: {
    readonly key: Uint8Array;
    readonly rangeEnd: Uint8Array;
    readonly startRevision: number;
    readonly progressNotify: boolean;
    readonly prevKv: boolean;
  };
}
export interface WatchResponse extends Header {
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compactRevision: number;
  readonly cancelReason: string;
  readonly events: readonly Event[];
}

/** Request and response of each call that is not a stream. */
export interface Calls {
  "KV/Range": [RangeRequest, RangeResponse];
  "KV/Put": [{ readonly key: Uint8Array; readonly value: Uint8Array }, Header];
  "KV/Txn": [TxnRequest, TxnResponse];
  /** `physical`: answered only when the removal is done. */
  "KV/Compact": [{ readonly revision: number; readonly physical?: boolean }, Header];
  "Maintenance/Status": [Record<string, never>, Header & { readonly version: string; readonly dbSize: number }];
}
