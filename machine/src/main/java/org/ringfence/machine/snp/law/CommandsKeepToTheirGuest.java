package org.ringfence.machine.snp.law;

import java.util.Optional;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.firmware.FirmwareSwap;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * A command that names a guest's context changes no RMP entry of another guest's page, no Metadata page of another
 * guest, and no entry in one.
 *
 * @param swap where the machine has it
 */
public record CommandsKeepToTheirGuest(SnpFirmware firmware, Optional<FirmwareSwap> swap) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        int gctx = context(operation);
        int guest = gctx == FrameRef.NONE ? -1 : firmware.guestAt(before, gctx);
        if (guest < 0) {
            return 0;
        }
        int asid = firmware.guests().asid().get(before, guest);
        for (int frame = 0; frame < firmware.geometry().frames(); frame++) {
            if (isOthers(before, frame, gctx, asid) && !isSame(before, after, frame)) {
                return Property.ACCOUNTING.broken();
            }
        }
        return Property.ACCOUNTING.exercised();
    }

    private static int context(Operation<?> operation) {
        return switch (operation) {
            case SnpCommand.LaunchUpdate update -> update.context().index();
            case SnpCommand.PageMove move -> move.context().index();
            case SnpCommand.MdInit init -> init.context().index();
            case SnpCommand.SwapOut out -> out.context().index();
            case SnpCommand.SwapIn in -> in.context().index();
            default -> FrameRef.NONE;
        };
    }

    private boolean isOthers(State state, int frame, int gctx, int asid) {
        ReverseMapTable rmp = firmware.rmp();
        int owner = rmp.asid().get(state, rmp.entry(state, frame));
        int context = rmp.context().get(state, frame);
        return (owner != 0 && owner != asid) || (context != FrameRef.NONE && context != gctx);
    }

    private boolean isSame(State before, State after, int frame) {
        return firmware.rmp().isSame(before, after, frame)
                && (swap.isEmpty() || swap.get().entry().isSame(before, after, frame));
    }
}
