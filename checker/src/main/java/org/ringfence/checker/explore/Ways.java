package org.ringfence.checker.explore;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Property;

/**
 * Finds a shortest way to a move that a case forbids. It searches again, since the first search keeps only that such a
 * move was met; moves that are sought leave a mark, and the first level with such a move ends the search.
 */
public final class Ways {
    /** Progress is judged after a search and no move leaves its mark; so a move that is sought can. */
    static final Property FOUND = Property.PROGRESS;

    private Ways() {}

    /**
     * A shortest way to a move that is {@code sought}; empty where a limit comes first.
     *
     * @param symmetric whether frames may be renamed: not where what is sought tells one frame from another
     */
    public static Optional<Path> to(
            Sought sought, Model model, Machine machine, boolean symmetric, Limits limits, Watcher watcher) {
        Exploration found = Explorer.explore(
                new Model(
                        model.layout(),
                        model.initial(),
                        model.software().stream().map(mover -> mover.seeking(sought)).toList(),
                        model.families().stream().map(family -> seeking(sought, family, machine)).toList(),
                        List.of(),
                        List.of(FOUND),
                        symmetric ? model.symmetry() : null),
                limits,
                untilFound(watcher));
        @Nullable
        Path path = found.breaches().get(FOUND);
        return Optional.ofNullable(path);
    }

    private static Family seeking(Sought sought, Family family, Machine machine) {
        boolean isDrawn = !family.arguments().isEmpty()
                && sought.isDrawn(family.operation(family.arguments().getFirst()));
        return isDrawn ? new SoughtFamily(family, machine) : family;
    }

    private static Watcher untilFound(Watcher watcher) {
        return new Watcher() {
            @Override
            public boolean goOn(Glance glance) {
                return watcher.goOn(glance);
            }

            @Override
            public boolean goOnWith(String phase) {
                return watcher.goOnWith(phase);
            }

            @Override
            public boolean nextLevel(Set<Property> open, Glance glance) {
                return !open.isEmpty();
            }
        };
    }
}
