package org.ringfence.machine.operation;

import java.util.Locale;

/**
 * One check that a protection makes before it acts, and which an experiment can switch off by name: a constant of an enum beside the operations
 * of the protection, named after the operation and what it holds to be true, for example {@code AUG_FRAME_IS_FREE}.
 *
 * <p>An operation asks {@link Guards} once, in {@link Operation#on}, and its step keeps the answer, so that a machine with every guard on pays
 * nothing. What is no guard: a check without which the operation has no meaning, such as that an index lies in its table.
 */
public interface Guard {

    /** The constant's name. */
    String name();

    /** What the check answers when it fails, in the architecture's words: {@code TDX_PAGE_METADATA_INCORRECT}. */
    String refuses();

    /** What the check holds to be true, and where it is specified. */
    String source();

    /** Why no behaviour breaks a promise without this check, as its author understands it; empty where one does. */
    default String unneeded() {
        return "";
    }

    /** The name in case files and reports, for example {@code aug-frame-is-free}. */
    default String printed() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
