package org.ringfence.machine.snp.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.HostBook;
import org.ringfence.machine.sev.HostStored;
import org.ringfence.machine.sev.NestedGuest;

/**
 * The host copies {@code from} to {@code to} without a key, as the bytes lie there: ciphertext of memory makes no sense
 * elsewhere, what SNP_SWAP_OUT has written does.
 */
public record HostCopy(Frame from, Frame to) implements Operation<HostStored> {
    @Override
    public Results<HostStored> results() {
        return new Results.Closed<>(HostStored.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        Memory memory = machine.part(Memory.class);
        Optional<FirmwareSwap> swap = machine.find(FirmwareSwap.class);
        HostBook book = HostBook.of(machine, actor);
        boolean judged = HostMemory.isJudged(actor);
        int source = from.index();
        int target = to.index();
        return state -> {
            boolean refused = guest.refusesHostWrite(state, target, Level.SIZE_4K);
            if (judged) {
                HostMemory.judge(state, refused);
            }
            if (refused) {
                return HostStored.PAGE_FAULT_RMP.ordinal();
            }
            memory.copyRaw(state, source, target);
            book.copied(state, source, target);
            swap.ifPresent(swapped -> swapped.copied(state, source, target));
            return HostStored.STORED.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "host copy";
    }
}
