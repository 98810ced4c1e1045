package org.ringfence.checker.check;

import java.util.Optional;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Path;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.explore.Sought;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.checker.explore.Ways;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;

/** What a case says must never be reached, for a search that looks for it. */
record Forbidden(Expectation.Reaches expected) implements Sought {

    /** A shortest way to it; empty where a limit comes first. */
    Optional<Path> way(Model model, Machine machine, Limits limits, Watcher watcher) {
        return Ways.to(this, model, machine, !tellsFramesApart(model), limits, watcher);
    }

    @Override
    public boolean isResult(Software software, int from, long code) {
        return Covered.by(software, from, code).stream().anyMatch(expected::isAbout);
    }

    @Override
    public boolean isDrawn(Operation<?> operation) {
        return expected.isAbout(Covered.drawn(operation));
    }

    private boolean tellsFramesApart(Model model) {
        return model.software().stream().map(SoftwareMover::software).anyMatch(this::tellsFramesApart);
    }

    private boolean tellsFramesApart(Software software) {
        for (int point = 0; point < software.points(); point++) {
            Operation<?> operation = software.operation(point);
            if (operation != null
                    && operation.mnemonic().equals(expected.operation())
                    && operation.results() instanceof Results.Frames) {
                return true;
            }
        }
        return false;
    }
}
