// patch: JSON patch, merge patch and strategic merge patch, applied to what stands there now and written like an update.
import { ApiError } from "#api/errors.ts";
import { mediaType, unsupportedMediaType } from "#server/body.ts";
import type { Verb } from "#server/api-context.ts";

export const patch: Verb = () => async (call) => {
  throw call.info.name === ""
    ? new ApiError("BadRequest", "a patch names its object")
    : unsupportedMediaType([mediaType(call)]);
};
