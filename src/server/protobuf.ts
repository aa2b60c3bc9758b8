// Protobuf bodies at the server's edge: finds the schema of what is read or written among the kinds that are served,
// the bodies of subresources, and the types of meta.k8s.io.
import {
  CreateOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  PatchOptions,
  UpdateOptions,
} from "#api/meta/options-schema.ts";
import { APIGroup, APIGroupList, APIResourceList, APIVersions } from "#api/meta/discovery-schema.ts";
import { APIGroupDiscoveryList } from "#api/meta/group-discovery-schema.ts";
import { Status } from "#api/meta/status-schema.ts";
import { ApiError } from "#api/errors.ts";
import { apiVersionOf, type AnyKind } from "#api/kind.ts";
import {
  decodeProtobuf,
  encodeItem,
  encodeList,
  encodeMessage,
  encodeWatchFrame,
  PartialObjectMetadata,
  schemaLookup,
  type SchemaLookup,
} from "#api/protobuf.ts";
import type { Message } from "#api/schema.ts";
import type { ProtobufEncoder } from "./represent.ts";

interface Typed {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items?: readonly object[];
}
const metaTypes = {
  APIGroup,
  APIGroupDiscoveryList,
  APIGroupList,
  APIResourceList,
  APIVersions,
  Status,
  CreateOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  PatchOptions,
  UpdateOptions,
  PartialObjectMetadata,
};

export interface ProtobufSupport {
  readonly encoder: ProtobufEncoder;
  readonly decode: (bytes: Uint8Array) => unknown;
}

/** `kinds` is asked again after every change of `version`; `bodies` are kinds that are only sent, never stored. */
export function createProtobufSupport(options: {
  readonly kinds: () => readonly AnyKind[];
  readonly version: () => number;
  readonly bodies: readonly AnyKind[];
}): ProtobufSupport {
  let madeFor = -1;
  let known: SchemaLookup = () => undefined;
  const lookup: SchemaLookup = (apiVersion, kind) => {
    if (madeFor !== options.version()) {
      madeFor = options.version();
      known = schemaLookup(
        [...options.kinds(), ...options.bodies].filter((kind) => !kind.custom),
        metaTypes as unknown as Record<string, Message<unknown>>,
      );
    }
    return known(apiVersion, kind);
  };
  const encode = (object: object, of: AnyKind | undefined): Uint8Array => {
    const typed = object as Typed;
    const apiVersion = typed.apiVersion ?? (of ? apiVersionOf(of) : "");
    const kind = typed.kind ?? of?.kind ?? "";
    if (Array.isArray(typed.items) && kind.endsWith("List")) {
      const item = lookup(apiVersion, kind.slice(0, -"List".length));
      if (item)
        return encodeList(
          { apiVersion, kind },
          { resourceVersion: "", ...typed.metadata },
          typed.items.map((i) => encodeItem(item, i)),
        );
    }
    const schema = lookup(apiVersion, kind);
    if (!schema) throw new ApiError("NotAcceptable", `the requested ${kind || "document"} has no protobuf form`);
    return encodeMessage(schema, object, { apiVersion, kind });
  };
  return {
    encoder: { encode, frame: (type, object, of) => encodeWatchFrame(type, encode(object, of)) },
    decode: (bytes) => decodeProtobuf(lookup, bytes),
  };
}
