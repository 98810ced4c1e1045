package org.ringfence.cli.judge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.CaseFile;

/** Finds out where software runs that lacks hardware on a machine: on which other platform, or with which one option more. */
record Homes(Registry registry) {

    /** The end of a sentence about an actor that lacks hardware on {@code platform}. */
    String sentence(CaseFile file, int actor, Platform platform) {
        Record options = Objects.requireNonNull(file.subject().options().get(platform.name()));
        List<String> here = withOneOption(file, actor, platform, options);
        if (!here.isEmpty()) {
            return "; it has with the option %s".formatted(String.join(", or ", here));
        }
        List<String> elsewhere = new ArrayList<>();
        for (Platform other : registry.platforms()) {
            if (runs(file, actor, other, other.options())) {
                elsewhere.add(other.name());
            } else {
                withOneOption(file, actor, other, other.options()).stream()
                        .findFirst()
                        .ifPresent(option -> elsewhere.add("%s with %s".formatted(other.name(), option)));
            }
        }
        return elsewhere.isEmpty()
                ? "; say in the actor's 'platforms' where it runs"
                : "; it runs on %s, so say that in the actor's 'platforms'".formatted(String.join(", ", elsewhere));
    }

    private List<String> withOneOption(CaseFile file, int actor, Platform platform, Record options) {
        List<String> found = new ArrayList<>();
        for (Options.Option option : Options.of(options)) {
            for (String value : option.allowed().split(", ", -1)) {
                boolean isNumber = value.equals("a whole number") || value.equals("a text");
                if (isNumber || value.equals(option.value())) {
                    continue;
                }
                Object given = option.allowed().equals("true, false") ? Boolean.valueOf(value) : value;
                if (runs(file, actor, platform, options, Map.of(option.name(), given))) {
                    found.add("%s: %s".formatted(option.name(), value));
                }
            }
        }
        return found;
    }

    private boolean runs(CaseFile file, int actor, Platform platform, Record options, Map<String, Object> change) {
        try {
            return runs(file, actor, platform, Options.with(options, change));
        } catch (Options.BadOption doesNotGo) {
            return false;
        }
    }

    private static boolean runs(CaseFile file, int actor, Platform platform, Record options) {
        Case subject = file.subject();
        ActorSpec there = subject.actors().get(actor).on(Set.of(platform.name()));
        Map<String, Record> only = new LinkedHashMap<>();
        only.put(platform.name(), options);
        Case alone = new Case(
                subject.name(), subject.question(), subject.asked(), subject.machine(), only, Map.of(),
                List.of(there), List.of());
        return Checking.fits(alone, platform);
    }
}
