// deletecollection: deletes what a list selects, each object by the same rules as a delete of its own, and answers with
// that list: the objects as they were.
import { isReason } from "#api/errors.ts";
import type { Verb } from "#server/api-context.ts";
import { listOptions } from "#server/request-options.ts";
import { deleteStored, readDeleteOptions, warnOfOrphans } from "./delete.ts";
import { listReply, selectedPiece } from "./list.ts";

export const deleteCollection: Verb = (context) => async (call) => {
  listOptions(call.query, false);
  const options = await readDeleteOptions(context, call);
  warnOfOrphans(call, options);
  const piece = await selectedPiece(context, call);
  await call.served.prepare?.(piece.objects);
  for (const { key } of piece.objects)
    try {
      await deleteStored(context, call, key, options);
    } catch (error) {
      if (!isReason(error, "NotFound")) throw error;
    }
  return listReply(call, piece);
};
