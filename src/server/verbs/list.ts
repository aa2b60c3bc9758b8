// list: from the cache where the present is asked for, from the store where the past is. Pages end in a continue token
// that carries the revision, so that the following pages show the same moment.
import { ApiError } from "#api/errors.ts";
import { atNewest, decodeContinue, encodeContinue } from "#server/continue-token.ts";
import type { ApiContext, ResourceCall, Verb } from "#server/api-context.ts";
import type { Reply } from "#server/pipeline.ts";
import { listOptions, ofLists, revisionOf, type ListOptions } from "#server/request-options.ts";
import { selectionOf } from "#server/selection.ts";
import { badRequest } from "#api/errors.ts";
import { selects, type Selection } from "#server/cache/watcher.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import { Compacted, FutureRevision, type Revision } from "#store/store.ts";
import { prepareAll, tooLargeVersion, waitUntilFresh } from "./freshness.ts";

export interface Piece {
  readonly objects: readonly StoredObject[];
  readonly revision: Revision;
  readonly more: boolean;
  /** How many follow, where that is known. */
  readonly remaining?: number;
}
const storePage = 1_000;

export const list: Verb = (context) => async (call) => listReply(call, await selectedPiece(context, call));

/** What the options of a list select, up to their limit. */
export function selectedPiece(context: ApiContext, call: ResourceCall): Promise<Piece> {
  const options = listOptions(call.query, false);
  return pieceOf(context, call, options, selectionOf(call.served, call.info.namespace, options));
}

function pieceOf(context: ApiContext, call: ResourceCall, o: ListOptions, selection: Selection): Promise<Piece> {
  if (o.continue) return continued(context, call, o, selection);
  const isExact =
    o.resourceVersionMatch === "Exact" ||
    // Upstream: a limit with a revision and no match means exactly that revision.
    (o.limit > 0 && o.resourceVersionMatch === "" && o.resourceVersion !== "" && o.resourceVersion !== "0");
  if (isExact)
    return atRevision(context, call, selection, { at: revisionOf(o.resourceVersion, ofLists), limit: o.limit });
  return present(context, call, o, selection);
}

async function present(context: ApiContext, call: ResourceCall, o: ListOptions, selection: Selection): Promise<Piece> {
  await waitUntilFresh(context, o.resourceVersion, call.signal, ofLists);
  await prepareAll(call.served, () => call.served.cache.list(selection.namespace));
  const { revision } = context.storage;
  const limit = o.resourceVersion === "0" || o.limit === 0 ? Infinity : o.limit;
  const objects: StoredObject[] = [];
  let remaining = 0;
  for (const stored of call.served.cache.select(selection)) {
    if (objects.length < limit) objects.push(stored);
    else {
      remaining++;
      if (selection.matches) break;
    }
  }
  return { objects, revision, more: remaining > 0, ...(selection.matches ? {} : { remaining }) };
}

async function continued(
  context: ApiContext,
  call: ResourceCall,
  o: ListOptions,
  selection: Selection,
): Promise<Piece> {
  if (o.resourceVersion !== "" && o.resourceVersion !== "0")
    throw badRequest("specifying resource version is not allowed when using continue");
  const { revision, from } = decodeContinue(o.continue, selection.namespace);
  try {
    const at = revision === atNewest ? {} : { at: revision };
    // Upstream: whoever is content with any revision gets the rest at once.
    const limit = o.resourceVersion === "0" ? 0 : o.limit;
    return await atRevision(context, call, selection, { ...at, from, limit });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "Expired") throw error;
    throw new ApiError("Expired", expiredToken, {
      continue: encodeContinue(from.slice(0, -1), atNewest, selection.namespace),
    });
  }
}
const expiredToken =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
  "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
  "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
  "deleted between the time the first chunk was returned and now may show up in the list.";

/** Reads the store page by page until enough objects are selected. */
async function atRevision(
  context: ApiContext,
  { served }: ResourceCall,
  selection: Selection,
  range: { readonly at?: Revision; readonly from?: string; readonly limit: number },
): Promise<Piece> {
  const { storage } = context;
  const limit = range.limit || Infinity;
  const objects: StoredObject[] = [];
  let { at, from } = range;
  try {
    for (;;) {
      const page = await storage.page(served.cache, {
        namespace: selection.namespace,
        limit: Math.min(limit + 1, storePage),
        ...(at === undefined ? {} : { at }),
        ...(from ? { from } : {}),
      });
      at = page.revision;
      await served.prepare?.(page.objects);
      for (const [i, stored] of page.objects.entries()) {
        if (!selects(selection, stored)) continue;
        if (objects.length === limit) {
          const remaining = page.objects.length - i + page.remaining;
          return { objects, revision: at, more: true, ...(selection.matches ? {} : { remaining }) };
        }
        objects.push(stored);
      }
      if (!page.more) return { objects, revision: at, more: false };
      from = `${page.objects.at(-1)!.key}\0`;
    }
  } catch (error) {
    if (error instanceof Compacted)
      throw new ApiError("Expired", "The resourceVersion for the provided list is too old.", { cause: error });
    if (error instanceof FutureRevision) throw tooLargeVersion(error.asked, error.newest);
    throw error;
  }
}

export function listReply({ served, info }: ResourceCall, piece: Piece): Reply {
  const last = piece.objects.at(-1);
  const next = piece.more && last ? { continue: encodeContinue(last.key, piece.revision, info.namespace) } : {};
  return {
    type: "list",
    of: served.of,
    apiVersion: served.apiVersion,
    kind: served.of.listKind,
    metadata: {
      resourceVersion: String(piece.revision),
      ...next,
      ...(piece.more && piece.remaining ? { remainingItemCount: piece.remaining } : {}),
    },
    items: served.of.storedAs ? piece.objects.map((stored) => served.encode(stored)) : piece.objects,
  };
}
