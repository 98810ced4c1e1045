package org.ringfence.cli.casefile;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the input, and what would be right.
 *
 * @param file as the user would name it
 * @param at null when the file as a whole is meant: it is missing, or a directory
 * @param sentence one sentence, without a full stop
 */
public record Problem(String file, @Nullable Position at, String sentence) {
    @Override
    public String toString() {
        String name = Quoted.name(file);
        return at == null ? name + ": " + sentence : name + ":" + at + ": " + sentence;
    }
}
