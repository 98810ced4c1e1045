package org.ringfence.cli.own;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Routines;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.machine.vocabulary.Form;

/**
 * Makes the providers that a loader finds, and asks what they have.
 *
 * @param classes the user's, by their names with dots
 * @param before what cases can name without them
 */
record Providers(ClassLoader loader, Map<String, OwnClass> classes, Registry before, Blame blame) {
    private static final String NAME = "[a-z0-9][a-z0-9.-]*";

    /** All that is brought. */
    OwnSoftware ask(List<OwnFiles> contents) throws BadInput {
        List<Problem> problems = new ArrayList<>();
        Map<String, Bundle> platformsFrom = new LinkedHashMap<>();
        List<Platform> platforms = new ArrayList<>();
        for (Platform platform : found(Platform.class)) {
            OwnClass own = of(platform);
            String wrong = wrong(platform, platformsFrom);
            if (wrong.isEmpty()) {
                platforms.add(platform);
                platformsFrom.put(platform.name(), own.bundle());
            } else {
                problems.add(new Problem(own.file(), null, wrong));
            }
        }
        Map<String, Bundle> routinesFrom = new LinkedHashMap<>();
        List<Registry.Entry> routines = new ArrayList<>();
        List<Form> software = new ArrayList<>();
        for (Routines provider : found(Routines.class)) {
            OwnClass own = of(provider);
            software.addAll(provider.forms());
            for (Registry.Entry entry : provider.entries()) {
                String wrong = wrong(entry, routinesFrom);
                if (wrong.isEmpty()) {
                    routines.add(entry);
                    routinesFrom.put(entry.name(), own.bundle());
                } else {
                    problems.add(new Problem(own.file(), null, wrong));
                }
            }
        }
        if (problems.isEmpty() && platforms.isEmpty() && routines.isEmpty()) {
            problems.add(new Problem(contents.getFirst().bundle().path(), null,
                    "brings nothing that a case can name: its lists of platforms and routines are empty"));
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        return new OwnSoftware(
                OwnSoftware.registry(before, platforms, routines, software),
                contents.stream().map(OwnFiles::bundle).toList(),
                platformsFrom,
                routinesFrom,
                blame);
    }

    private <S> List<S> found(Class<S> service) {
        List<S> found = new ArrayList<>();
        ServiceLoader.load(service, loader).stream()
                .filter(provider -> isOwn(provider.type()))
                .forEach(provider -> found.add(provider.get()));
        return found;
    }

    @SuppressWarnings("ReferenceEquality") // a loader is itself
    private boolean isOwn(Class<?> type) {
        return type.getClassLoader() == loader;
    }

    private OwnClass of(Object provider) {
        OwnClass own = classes.get(provider.getClass().getName());
        return own == null ? classes.values().iterator().next() : own;
    }

    private String wrong(Platform platform, Map<String, Bundle> others) {
        String name = platform.name();
        if (!name.matches(NAME)) {
            return notAName("platform", name);
        }
        if (before.platform(name).isPresent()) {
            return taken("platform", name, "Ringfence");
        }
        Bundle other = others.get(name);
        if (other != null) {
            return taken("platform", name, other.path());
        }
        // Asked now, so that what throws is told before anything is checked.
        platform.guards().forEach(guard -> guard.printed());
        java.util.Objects.requireNonNull(platform.vocabulary().forms());
        platform.scenes().forEach(scene -> scene.options(platform));
        java.util.Objects.requireNonNull(platform.adversaries(platform.options()));
        return options("platform", name, platform.options());
    }

    private String wrong(Registry.Entry entry, Map<String, Bundle> others) {
        String name = entry.name();
        if (!name.matches(NAME)) {
            return notAName("routine", name);
        }
        if (before.routine(name).isPresent()) {
            return taken("routine", name, "Ringfence");
        }
        Bundle other = others.get(name);
        if (other != null) {
            return taken("routine", name, other.path());
        }
        return options("routine", name, entry.prototype());
    }

    private static String options(String kind, String name, Record prototype) {
        List<String> unfit = OwnReader.unfit(prototype);
        if (!unfit.isEmpty()) {
            return "the %s %s has the option %s; allowed are boolean, int, long, String and enums"
                    .formatted(kind, name, String.join(", and ", unfit));
        }
        Options.of(prototype);
        return "";
    }

    private static String notAName(String kind, String name) {
        return "%s is no name of a %s; allowed are small letters, digits and dashes".formatted(Quoted.of(name), kind);
    }

    private static String taken(String kind, String name, String by) {
        return "there is a %s %s already, of %s; give this one another name".formatted(kind, Quoted.of(name), by);
    }
}
