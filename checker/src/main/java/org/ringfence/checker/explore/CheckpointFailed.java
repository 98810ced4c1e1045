package org.ringfence.checker.explore;

import java.nio.file.Path;

/** A checkpoint could not be written, of a full disk for example. The last one is whole; the message is a sentence. */
public final class CheckpointFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    CheckpointFailed(Path folder, String why) {
        super("the search could not be kept in %s: %s; what was kept before is whole, and --resume goes on from there"
                .formatted(folder, why));
    }
}
