// The request pipeline: an HTTP exchange reduced to a Call and a Reply, and stages that are composed in an order the
// compiler checks, because each stage states what it needs and what it adds.
import type { Duplex } from "node:stream";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Active } from "#base/tracing/span.ts";

export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** One request, whatever carried it. */
export interface Call {
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  /** The path as it came, still encoded; for proxying. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Each value of a header that was sent several times; absent: none was. See headerValues. */
  readonly repeatedHeaders?: (name: string) => readonly string[];
  /** The whole body, up to `limitBytes`, beyond which it throws RequestEntityTooLarge. */
  readonly body: (limitBytes: number) => Promise<Uint8Array>;
  /** In-process callers pass the parsed body itself. */
  readonly parsedBody?: unknown;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly peer: Peer;
  /** For exec, attach, port-forward and proxied upgrades: the raw connection, once. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Uint8Array };
  /** The body as a stream, for proxying. */
  readonly bodyStream?: AsyncIterable<Uint8Array>;
  readonly id: string;
  readonly receivedAt: number;
  /** Texts that become Warning headers; stages and verbs add to it. */
  readonly warnings: string[];
  /** Headers that stages add to whatever the answer is; absent where nobody would see them. */
  readonly replyHeaders?: Record<string, string>;
  /** Absent: nothing of it is noted. */
  readonly audit?: AuditContext;
  /** Absent: it is part of no trace. */
  readonly trace?: TraceSlot;
}
/** Where the span of a request is kept until its answer is sent. */
export interface TraceSlot {
  active?: Active;
}
/** The values of a header, in the order in which they were sent. */
export function headerValues({ headers, repeatedHeaders }: Call, name: string): readonly string[] {
  const value = headers[name];
  return value === undefined ? [] : (repeatedHeaders?.(name) ?? [value]);
}
export interface PeerCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** SHA-256 of the certificate, in lower-case hexadecimal. */
  readonly fingerprint?: string;
}
/** What stages and plugins add to the audit of a request. */
export interface AuditContext {
  readonly annotations: Record<string, string>;
  /** Whether it shows what is to be written. */
  readonly wantsRequest?: boolean;
  /** What was understood of the body (note-request.ts); absent: the body as it came. */
  requestObject?: object;
  /** As whom it goes on. */
  impersonated?: UserInfo;
  /** The verb that allowed it, where that is a narrow one. */
  impersonationConstraint?: string;
}
export interface Peer {
  readonly address: string;
  /** The verified client certificate's subject. */
  readonly certificate?: PeerCertificate;
  /** The same of a proxy that vouches for users; such certificates have an authority of their own. */
  readonly proxyCertificate?: PeerCertificate;
  /** In-process callers are who they say they are. */
  readonly trustedUser?: UserInfo;
}

/** What the path and method mean. */
export interface RequestInfo {
  /** get, list, watch, create, update, patch, delete, deletecollection; for non-resource paths the lower-case method. */
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  /** Plural name. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** What follows the subresource: the path of a proxied request. */
  readonly rest: string;
  /** The selectors of a list, watch or deletecollection, as the query has them. */
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}
export interface Routed extends Call {
  readonly info: RequestInfo;
}
export interface Authenticated extends Routed {
  readonly user: UserInfo;
}

export interface Authenticator {
  /** Who calls; undefined: nobody it knows, which is answered by 401. */
  authenticate(call: Call): Promise<UserInfo | undefined>;
}
export interface Verdict {
  readonly allowed: boolean;
  /** Why, for people; follows the text of the refusal. */
  readonly reason?: string;
  /** What kept somebody from judging; the request fails for it where nobody else allows it. */
  readonly error?: string;
  /** It is forbidden: nobody else is asked. */
  readonly isFinal?: boolean;
}
export interface Authorizer {
  authorize(
    user: UserInfo,
    info: RequestInfo,
    call: { readonly path: string; readonly query?: URLSearchParams; readonly signal?: AbortSignal },
  ): Promise<Verdict> | Verdict;
}

/** Bytes of one object: its JSON in the asked version, ready to send. */
export interface EncodedObject {
  readonly object: KubeObject;
  /** JSON bytes with the resourceVersion in them; made once per revision and shared. */
  readonly bytes: Uint8Array;
}
export type WatchFrame = {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly encoded: EncodedObject;
  /** The frame as a line of a JSON watch, made once and shared by all watchers. */
  readonly line: Uint8Array;
};

/** A header with several values is sent several times (a proxied Set-Cookie). */
export type ReplyHeaders = Readonly<Record<string, string | string[]>>;
/** One answer; the transport turns it into bytes, or hands the objects over in process. */
export type Reply = { readonly headers?: ReplyHeaders } & (
  | {
      readonly type: "object";
      readonly code: number;
      readonly object: object;
      readonly bytes?: Uint8Array;
      /** The kind of the object, where it can be shown as a table, as mere metadata or in protobuf. */
      readonly of?: AnyKind;
    }
  | {
      readonly type: "list";
      readonly of: AnyKind;
      readonly apiVersion: string;
      readonly kind: string;
      readonly metadata: {
        readonly resourceVersion: string;
        readonly continue?: string;
        readonly remainingItemCount?: number;
      };
      readonly items: readonly EncodedObject[];
    }
  | {
      readonly type: "watch";
      readonly of: AnyKind;
      readonly frames: AsyncIterable<readonly WatchFrame[]>;
    }
  | {
      readonly type: "raw";
      readonly code: number;
      readonly contentType: string;
      readonly body: Uint8Array | string | AsyncIterable<Uint8Array>;
    }
  /** The handler has taken the connection over. */
  | { readonly type: "taken" }
);

/** Where nothing is, in Go's words. */
export const pageNotFound: Reply = {
  type: "raw",
  code: 404,
  contentType: "text/plain; charset=utf-8",
  body: "404 page not found\n",
  headers: { "x-content-type-options": "nosniff" },
};

export type Handler<C = Call> = (call: C) => Promise<Reply>;
export type Stage<In, Out extends In = In> = (next: Handler<Out>) => Handler<In>;
