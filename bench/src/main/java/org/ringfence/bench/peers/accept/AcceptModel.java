package org.ringfence.bench.peers.accept;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.FrameSymmetry;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.explore.Symmetry;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.Learner;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Layout;

/** Assembles the model for the checker. */
public final class AcceptModel {
    private AcceptModel() {}

    private record Views(AcceptPages memory, Bounded point) {}

    /** The model with {@code pages} pages, with frames told apart or, with {@code symmetric}, not. */
    public static Model of(int pages, boolean symmetric) {
        Software software = Learner.learn(new Guest(pages), Budget.DEFAULT);
        Layout.Placed<Views> placed = Layout.of(
                Layout.Storage.PACKED,
                pages + 1,
                1,
                declaration -> new Views(
                        AcceptPages.declare(declaration, pages),
                        declaration.single("software").bounded("point", software.mostPoints() - 1)));
        Views views = placed.machine();
        Machine machine = Machine.of(views.memory());
        SoftwareMover guest =
                SoftwareMover.of(new Actor(0, Principal.GUEST, "guest"), software, machine, views.point());
        @Nullable
        Symmetry symmetry = symmetric ? FrameSymmetry.of(placed.layout(), List.of(guest)) : null;
        return new Model(
                placed.layout(),
                placed.layout().newState(),
                List.of(guest),
                HostFamily.all(views.memory()),
                List.of(new NoAlias(views.memory())),
                List.of(Property.INTEGRITY, Property.INJECTIVITY),
                symmetry);
    }
}
