package org.ringfence.cli.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ringfence.checker.check.Fitting;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;

/**
 * Finds out where software runs that lacks hardware on a machine: with which one option more, or on which other
 * platform.
 *
 * @param missing the part that it lacks: software that is learned as the search meets it may ask for it late
 */
record Homes(Registry registry, Fitting software, Class<?> missing) {

    /** The end of a sentence about software that lacks hardware on {@code platform} with {@code options}. */
    String sentence(Platform platform, Record options) {
        List<String> here = withOneOption(platform, options);
        if (!here.isEmpty()) {
            return "; it has with the option %s".formatted(String.join(", or ", here));
        }
        List<String> elsewhere = new ArrayList<>();
        for (Platform other : registry.platforms()) {
            if (software.runsOn(other, other.options(), Optional.of(missing))) {
                elsewhere.add(other.name());
            } else {
                withOneOption(other, other.options()).stream()
                        .findFirst()
                        .ifPresent(option -> elsewhere.add("%s with %s".formatted(other.name(), option)));
            }
        }
        return elsewhere.isEmpty()
                ? "; say in the actor's 'platforms' where it runs"
                : "; it runs on %s, so say that in the actor's 'platforms'".formatted(String.join(", ", elsewhere));
    }

    private List<String> withOneOption(Platform platform, Record options) {
        List<String> found = new ArrayList<>();
        for (Options.Option option : Options.of(options)) {
            boolean isTruth = option.allowed().equals("true, false");
            for (String value : option.allowed().split(", ", -1)) {
                boolean isOpen = value.equals("a whole number") || value.equals("a text");
                Object given = isTruth ? Boolean.valueOf(value) : value;
                if (!isOpen && !value.equals(option.value()) && runsOn(platform, options, option.name(), given)) {
                    found.add("%s: %s".formatted(option.name(), value));
                }
            }
        }
        return found;
    }

    private boolean runsOn(Platform platform, Record options, String option, Object value) {
        try {
            return software.runsOn(platform, Options.with(options, Map.of(option, value)), Optional.of(missing));
        } catch (Options.BadOption doesNotGo) {
            return false;
        }
    }
}
