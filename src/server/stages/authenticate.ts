// Who calls?
import { ApiError } from "#api/errors.ts";
import type { Authenticated, Authenticator, Routed, Stage } from "#server/pipeline.ts";

export const authenticate =
  (authenticator: Authenticator): Stage<Routed, Authenticated> =>
  (next) =>
  async (call) => {
    const user = await authenticator.authenticate(call);
    if (!user) throw new ApiError("Unauthorized", "Unauthorized");
    return next({ ...call, user });
  };
