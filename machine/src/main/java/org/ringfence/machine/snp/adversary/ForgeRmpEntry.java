package org.ringfence.machine.snp.adversary;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.rmp.Aliases;

/**
 * Someone writes the RMP entry of {@code frame} through an {@linkplain Aliases alias}, as that of a 4K page which the
 * guest has validated at {@code gpa}, in bytes. Waits where there are no aliases, and inside a 2M page.
 */
public record ForgeRmpEntry(Frame frame, long gpa) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Aliases aliases = machine.part(Aliases.class);
        int page = GuestPages.page(aliases.snp().geometry(), gpa);
        return state -> {
            if (!aliases.canForge(state, frame.index())) {
                return Outcome.WAITS;
            }
            aliases.forge(state, frame.index(), page);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public List<Part> needs() {
        return List.of(Aliases.PART);
    }

    @Override
    public String mnemonic() {
        return "forge RMP entry";
    }
}
