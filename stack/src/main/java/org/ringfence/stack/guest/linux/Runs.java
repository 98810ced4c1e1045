package org.ringfence.stack.guest.linux;

import java.util.Optional;

/** Accepts run by run: a call of the platform for each run of unaccepted units, and then their bits are cleared. */
final class Runs {
    private Runs() {}

    static void accept(UnacceptedTable table, UnitRange units, ArchAccept arch) {
        UnitRange rest = units;
        Optional<UnitRange> run = table.firstRun(rest);
        while (run.isPresent()) {
            arch.accept(table.math().memory(run.get()));
            table.mark(run.get(), false);
            rest = new UnitRange(run.get().end(), units.end());
            run = table.firstRun(rest);
        }
    }
}
