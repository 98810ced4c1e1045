package org.ringfence.checker.explore;

import org.ringfence.machine.operation.Actor;

/** The machine cannot do what an actor's software asks for: its cause says why, in a sentence. */
public final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Actor actor;

    Unfit(Actor actor, RuntimeException cause) {
        super(cause.getMessage(), cause);
        this.actor = actor;
    }

    /** Whose software. */
    public Actor actor() {
        return actor;
    }

    /** Why. */
    public RuntimeException why() {
        return java.util.Objects.requireNonNull((RuntimeException) getCause());
    }
}
