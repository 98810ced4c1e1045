package org.ringfence.checker.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * What cases can name.
 *
 * @param platforms in the order of reports
 * @param routines in the order of their names
 * @param software the operations that routines ask beside those of a platform
 */
public record Registry(List<Platform> platforms, List<Entry> routines, List<Form> software) {

    /**
     * A routine that cases can name.
     *
     * @param prototype its default options, as a record for {@link Options}
     * @param maker makes the routine
     * @param summary what it does, in one sentence
     * @param needs the parts that it shares with other software: the machine of a case has those of all its routines
     */
    public record Entry(String name, Record prototype, Maker maker, String summary, Needs needs) {
        /** A routine that needs nothing but hardware. */
        public Entry(String name, Record prototype, Maker maker, String summary) {
            this(name, prototype, maker, summary, options -> List.of());
        }

        /** A routine that is the record of its own options. */
        public static <R extends Record & Routine<?>> Entry of(String name, R prototype, String summary) {
            return new Entry(name, prototype, (options, geometry) -> (Routine<?>) options, summary);
        }

        /** The same, which needs these parts whatever its options. */
        public Entry needing(Part... parts) {
            List<Part> always = List.of(parts);
            return needing(options -> always);
        }

        /** The same, which needs the parts that its options call for. */
        public Entry needing(Needs parts) {
            return new Entry(name, prototype, maker, summary, parts);
        }
    }

    /** Says which parts a routine needs. */
    @FunctionalInterface
    public interface Needs {
        /** The parts of a routine with these options, of the prototype's type. */
        List<Part> with(Record options);
    }

    /** Makes a routine. */
    @FunctionalInterface
    public interface Maker {
        /** The routine with these options, of the prototype's type, for a machine of this size. */
        Routine<?> make(Record options, Geometry geometry);
    }

    public Registry {
        platforms = List.copyOf(platforms);
        routines = List.copyOf(routines);
        software = List.copyOf(software);
    }

    /** Without operations beside those of platforms. */
    public Registry(List<Platform> platforms, List<Entry> routines) {
        this(platforms, routines, List.of());
    }

    /** Every operation on a platform as text: its own, those on parts that software brings, and those of scripts. */
    public Vocabulary vocabulary(Platform platform) {
        return platform.vocabulary().and(GuestForms.software()).and(software);
    }

    /** What the providers of {@link Platform} and {@link Routines} that {@code loader} sees have. */
    public static Registry seenBy(ClassLoader loader) {
        List<Platform> platforms = new ArrayList<>();
        ServiceLoader.load(Platform.class, loader).forEach(platforms::add);
        List<Entry> routines = new ArrayList<>();
        List<Form> software = new ArrayList<>();
        ServiceLoader.load(Routines.class, loader).forEach(provider -> {
            routines.addAll(provider.entries());
            software.addAll(provider.forms());
        });
        routines.sort(Comparator.comparing(Entry::name));
        return new Registry(platforms, routines, software);
    }

    /** What the class path has. */
    public static Registry found() {
        return seenBy(Registry.class.getClassLoader());
    }

    /** The platform of this name. */
    public Optional<Platform> platform(String name) {
        return platforms.stream().filter(platform -> platform.name().equals(name)).findFirst();
    }

    /** The routine of this name. */
    public Optional<Entry> routine(String name) {
        return routines.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }
}
