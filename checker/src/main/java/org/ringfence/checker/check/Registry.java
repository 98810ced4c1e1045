package org.ringfence.checker.check;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.operation.Routine;

/**
 * What cases can name.
 *
 * @param platforms in the order of reports
 * @param routines in the order of their names
 */
public record Registry(List<Platform> platforms, List<Entry> routines) {

    /**
     * A routine that cases can name.
     *
     * @param prototype the routine with its default options: a record for {@link Options}
     * @param summary what it does, in one sentence
     */
    public record Entry(String name, Routine<?> prototype, String summary) {}

    public Registry {
        platforms = List.copyOf(platforms);
        routines = List.copyOf(routines);
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
