package org.ringfence.checker.check;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Machine;

/**
 * What a case puts together does not go together: options of a platform with each other or with the machine's size, or
 * an actor's software with the machine. Told before a search begins, but for software that is learned as the search
 * meets it.
 */
public final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable ActorSpec actor;

    private Misfit(@Nullable ActorSpec actor, RuntimeException cause) {
        super(String.valueOf(cause.getMessage()), cause);
        this.actor = actor;
    }

    /** The machine of a platform cannot be put together so. */
    static Misfit ofMachine(RuntimeException cause) {
        return new Misfit(null, cause);
    }

    /** The machine cannot do what the actor's software asks for. */
    static Misfit ofSoftware(ActorSpec actor, RuntimeException cause) {
        return new Misfit(actor, cause);
    }

    /** Whose software does not fit; empty where the machine itself is at fault. */
    public Optional<ActorSpec> actor() {
        return Optional.ofNullable(actor);
    }

    /** The type of the part that the software asks for and the machine has not, where that is why. */
    public Optional<Class<?>> missing() {
        return getCause() instanceof Machine.MissingPart part ? Optional.of(part.type()) : Optional.empty();
    }
}
