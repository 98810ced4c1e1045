package org.ringfence.checker.explore;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Mover;
import org.ringfence.machine.operation.Property;

/** The movers, each in a component of its own, since elements of arrays are not constants to the compiler. */
record Movers(
        @Nullable Mover m0,
        @Nullable Mover m1,
        @Nullable Mover m2,
        @Nullable Mover m3,
        @Nullable Mover m4,
        @Nullable Mover m5,
        @Nullable Mover m6,
        @Nullable Mover m7,
        @Nullable Mover m8,
        @Nullable Mover m9,
        @Nullable Mover m10,
        @Nullable Mover m11,
        Mover[] more,
        @Nullable Invariant i0,
        @Nullable Invariant i1,
        Invariant[] moreInvariants,
        boolean judgesStuck,
        boolean mergesPages) {

    static final int NAMED = 12;

    static final Movers NOBODY = of(List.of(), List.of(), false, false);

    static Movers of(Model model) {
        return of(
                model.movers(),
                model.invariants(),
                model.judged().contains(Property.AVAILABILITY),
                model.mergesPages());
    }

    private static Movers of(List<Mover> movers, List<Invariant> judges, boolean judgesStuck, boolean mergesPages) {
        Mover[] all = movers.toArray(Mover[]::new);
        Invariant[] invariants = judges.toArray(Invariant[]::new);
        return new Movers(
                at(all, 0),
                at(all, 1),
                at(all, 2),
                at(all, 3),
                at(all, 4),
                at(all, 5),
                at(all, 6),
                at(all, 7),
                at(all, 8),
                at(all, 9),
                at(all, 10),
                at(all, 11),
                all.length <= NAMED ? new Mover[0] : Arrays.copyOfRange(all, NAMED, all.length),
                invariants.length > 0 ? invariants[0] : null,
                invariants.length > 1 ? invariants[1] : null,
                invariants.length <= 2
                        ? new Invariant[0]
                        : Arrays.copyOfRange(invariants, 2, invariants.length),
                judgesStuck,
                mergesPages);
    }

    private static @Nullable Mover at(Mover[] all, int index) {
        return index < all.length ? all[index] : null;
    }
}
