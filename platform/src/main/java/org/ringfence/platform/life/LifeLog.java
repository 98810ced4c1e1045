package org.ringfence.platform.life;

/** Is told of every operation, for those who want a log of a life. */
@FunctionalInterface
public interface LifeLog {
    /**
     * An operation was performed.
     *
     * @param actor who asked for it
     * @param operation in the words of a trace
     * @param result as a trace prints it; {@code exits} or {@code calls} where the vCPU left for the host
     */
    void performed(Stage stage, String actor, String operation, String result);
}
