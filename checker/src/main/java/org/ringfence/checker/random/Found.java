package org.ringfence.checker.random;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Property;

/**
 * A sequence that breaks a property, shrunk.
 *
 * @param property null when an operation threw instead, which is a defect of Ringfence
 * @param hurt in words; empty when the last operation tells
 * @param steps every attempt of an operation in order
 * @param scripts what each of the scene's roles performs, in their order, as text that reads back
 * @param turns of the sequence before it was shrunk
 */
public record Found(
        String platform,
        Scene scene,
        Guards guards,
        @Nullable Property property,
        String hurt,
        List<Attempt> steps,
        List<List<String>> scripts,
        int turns) {

    /** One attempt of an operation. */
    public record Attempt(String who, String operation) {}

    public Found {
        steps = List.copyOf(steps);
        scripts = List.copyOf(scripts);
    }

    /** Operations of all scripts together. */
    public int operations() {
        return scripts.stream().mapToInt(List::size).sum();
    }
}
