// The API server without a socket: the pipeline over storage and registry, for the HTTP listener, in-process clients and
// tests alike.
import type { AnyKind } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { deferred, type Service } from "#base/service.ts";
import type { Store } from "#store/store.ts";
import { AdmissionChain, type AdmissionPlugin } from "./admission/admission.ts";
import type { ApiContext } from "./api-context.ts";
import type { DecodeProtobuf } from "./body.ts";
import { Storage } from "./cache/storage.ts";
import { dispatch, type PathHandler, type ResourceHandlers } from "./dispatch.ts";
import type { Authenticated, Authenticator, Authorizer, Call, Handler, Stage } from "./pipeline.ts";
import { Registry } from "./registry.ts";
import { authenticate } from "./stages/authenticate.ts";
import { authorize } from "./stages/authorize.ts";
import { deadline, maxInFlight, type InFlightLimits } from "./stages/limits.ts";
import { recover } from "./stages/recover.ts";
import { route } from "./stages/route.ts";

export interface ApiServerOptions {
  readonly store: Store;
  readonly kinds: readonly AnyKind[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly authenticator: Authenticator;
  /** Made once the registry exists, for both read the stored objects. */
  readonly authorizer: (registry: Registry) => Authorizer;
  readonly impersonate?: Stage<Authenticated>;
  readonly admission?: (registry: Registry) => readonly AdmissionPlugin[];
  readonly handlers?: (context: ApiContext) => ResourceHandlers;
  readonly paths?: (context: ApiContext) => readonly PathHandler[];
  readonly limits?: InFlightLimits;
  readonly decodeProtobuf?: DecodeProtobuf;
}

export interface ApiServer extends Service {
  readonly handler: Handler<Call>;
  readonly registry: Registry;
  readonly context: ApiContext;
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, random, log } = options;
  const storage = new Storage({ store: options.store, clock, log });
  const registry = new Registry(storage, options.kinds);
  const authorizer = options.authorizer(registry);
  const context: ApiContext = {
    storage,
    registry,
    admission: new AdmissionChain(options.admission?.(registry) ?? []),
    authorizer,
    clock,
    random,
    log,
    ...(options.decodeProtobuf ? { decodeProtobuf: options.decodeProtobuf } : {}),
  };
  const inner = dispatch(context, {
    handlers: options.handlers?.(context) ?? {},
    paths: options.paths?.(context) ?? [],
  });
  const impersonate = options.impersonate ?? ((next) => next);
  const authenticated = authenticate(options.authenticator)(impersonate(authorize(authorizer)(inner)));
  const handler = recover(log)(route(deadline(clock)(maxInFlight(options.limits)(authenticated))));
  const ready = deferred();
  return {
    name: "api-server",
    handler,
    registry,
    context,
    ready: ready.promise,
    async run(signal) {
      try {
        await storage.load();
      } catch (error) {
        ready.reject(error);
        throw error;
      }
      const following = storage.follow(signal);
      ready.resolve();
      await following;
    },
  };
}
