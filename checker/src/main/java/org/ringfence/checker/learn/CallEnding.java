package org.ringfence.checker.learn;

import org.jspecify.annotations.Nullable;

/** How a called routine came back: all that its caller's history keeps of it. */
sealed interface CallEnding {
    /** It returned a value. */
    record Returned(@Nullable Object value) implements CallEnding {}

    /** It threw a panic. */
    record Panicked(String reason) implements CallEnding {}
}
