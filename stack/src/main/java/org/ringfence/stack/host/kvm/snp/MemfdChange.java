package org.ringfence.stack.host.kvm.snp;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.sync.SequenceCounters;

/** A change of what KVM keeps of a guest page, in bytes. */
public record MemfdChange(long gpa, Made made) implements Action {

    /** The changes. */
    public enum Made {
        /** Its attribute is private. */
        PRIVATE("stores that GPA 0x%X is private"),
        /** Its attribute is shared. */
        SHARED("stores that GPA 0x%X is shared"),
        /** An invalidation begins. */
        BEGIN("kvm_mmu_invalidate_begin of GPA 0x%X"),
        /** It ends: mmu_invalidate_seq is counted on. */
        END("kvm_mmu_invalidate_end of GPA 0x%X");

        private final String printed;

        Made(String printed) {
            this.printed = printed;
        }
    }

    @Override
    public List<Part> needs() {
        return List.of(SnpMemfd.PART, SequenceCounters.Named.of(FaultProtocol.SEQUENCE));
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        SnpMemfd memfd = machine.part(SnpMemfd.class);
        int page = GuestPages.page(memfd.geometry(), gpa);
        SequenceCounters counters = machine.part(SequenceCounters.class);
        int counter = counters.index(FaultProtocol.SEQUENCE);
        return state -> {
            if (!change(state, memfd, page)) {
                return Outcome.WAITS;
            }
            if (made == Made.END) {
                counters.advance(state, counter);
            }
            return Done.DONE.ordinal();
        };
    }

    private boolean change(State state, SnpMemfd memfd, int page) {
        return switch (made) {
            case PRIVATE, SHARED -> {
                memfd.shared().set(state, page, made == Made.SHARED);
                yield true;
            }
            case BEGIN -> memfd.begin(state, page);
            case END -> memfd.end(state, page);
        };
    }

    @Override
    public String mnemonic() {
        return "change memfd";
    }

    @Override
    public String toString() {
        return made.printed.formatted(gpa);
    }
}
