package org.ringfence.platform.tdx;

import java.util.stream.IntStream;
import org.ringfence.checker.check.Restraint;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.PageAttributes;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;

/**
 * A TD that accepts or scrubs no page in which it has something, reads none that it has given up, and lets no L2 VM
 * write: what it reads then is what it is owed, whatever the host and the L2 do.
 */
public record CarefulTd() implements Restraint {
    private static final int BITS_OF_VM = 16;

    @Override
    public Condition on(Machine machine, Actor actor, Operation<?> operation) {
        Ledger ledger = Ledger.of(machine, actor).orElseThrow(() -> new Machine.MissingPart(Ledger.class));
        Geometry geometry = machine.part(Tdx.class).geometry();
        return switch (operation) {
            case TdgMemPageAccept(long rcx) when SeptOperand.level(rcx) < Level.values().length -> {
                int page = geometry.page(SeptOperand.gpa(rcx));
                int span = geometry.span(Level.values()[SeptOperand.level(rcx)]);
                // A GPA that is no multiple of the page's size is refused, and its page may reach beyond the last.
                int end = Math.min(page + span, geometry.pages());
                yield page < 0 ? ALWAYS : state -> hasNothing(ledger, state, page, end);
            }
            case Scrub(long gpa) -> {
                int page = geometry.page(gpa);
                yield state -> hasNothing(ledger, state, page, page + 1);
            }
            case TdgMemPageAttrWr(long rcx, long attributes, long r8) -> {
                boolean lets = IntStream.rangeClosed(1, Long.SIZE / BITS_OF_VM - 1)
                        .anyMatch(vm -> (attributes >>> vm * BITS_OF_VM & PageAttributes.WRITE) != 0);
                yield state -> !lets;
            }
            case Load(long gpa, Mapping mapping) when mapping == Mapping.PRIVATE
                    && actor.principal() == Principal.GUEST -> {
                int page = geometry.page(gpa);
                yield state -> ledger.put().get(state, page) != 0;
            }
            default -> ALWAYS;
        };
    }

    private static boolean hasNothing(Ledger ledger, State state, int from, int end) {
        for (int page = from; page < end; page++) {
            if (ledger.live().get(state, page)) {
                return false;
            }
        }
        return true;
    }
}
