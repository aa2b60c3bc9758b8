// Refusals of admission plugins: Forbidden, about the object as far as it has a name.
import { ApiError, forbidden, type StatusCause } from "#api/errors.ts";
import type { AdmissionRequest } from "./admission.ts";

export function refuse(request: AdmissionRequest, why: string, causes?: readonly StatusCause[]): ApiError {
  const name = request.name || (request.object?.metadata?.generateName ?? "");
  const error = forbidden(request.of, name, why);
  if (!causes) return error;
  return new ApiError("Forbidden", error.message, { details: { ...error.details, causes } });
}
