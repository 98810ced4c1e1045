package org.ringfence.machine.operation;

import java.util.Locale;

/**
 * One check that a protection makes before it acts, and which an experiment can switch off by name: a constant of an
 * enum beside the operations of the protection, named after the operation and what it holds to be true, for example
 * {@code AUG_FRAME_IS_FREE}.
 *
 * <p>An operation asks {@link Guards} once, in {@link Operation#on}, and its step keeps the answer, so that a machine
 * with every guard on pays nothing. What is no guard: a check without which the operation has no meaning, such as that
 * an index lies in its table.
 */
public interface Guard {

    /**
     * What is told of a guard.
     *
     * @param refuses what the check answers when it fails, in the architecture's words:
     *     {@code TDX_PAGE_METADATA_INCORRECT}
     * @param holds what it holds to be true
     * @param source where that is specified
     * @param unneeded why no behaviour breaks a promise without it, as its author understands it; empty where one does
     */
    record Check(String refuses, String holds, String source, String unneeded) {}

    /** The constant's name. */
    String name();

    /** What is told of it. */
    Check check();

    /** {@link Check#refuses}. */
    default String refuses() {
        return check().refuses();
    }

    /** {@link Check#holds}. */
    default String holds() {
        return check().holds();
    }

    /** {@link Check#source}. */
    default String source() {
        return check().source();
    }

    /** {@link Check#unneeded}. */
    default String unneeded() {
        return check().unneeded();
    }

    /** The name in case files and reports, for example {@code aug-frame-is-free}. */
    default String printed() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
