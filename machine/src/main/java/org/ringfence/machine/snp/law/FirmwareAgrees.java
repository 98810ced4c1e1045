package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.state.State;

/**
 * The firmware's guests agree with the RMP: the context of each lies in a Context page of its own. And while SNP is
 * off, before SNP_INIT and after SNP_SHUTDOWN, there is no guest, and no ASID of which a cache may hold something.
 */
public record FirmwareAgrees(SnpFirmware firmware) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        boolean on = firmware.initialised().get(state, 0);
        long marks = 0;
        for (int guest = 0; guest < firmware.guests().count(); guest++) {
            if (firmware.guests().exists(state, guest)) {
                marks |= on && hasContext(state, guest)
                        ? Property.ACCOUNTING.exercised()
                        : Property.ACCOUNTING.broken();
            }
        }
        return on || isQuiet(state) ? marks : Property.ACCOUNTING.broken();
    }

    private boolean hasContext(State state, int guest) {
        int frame = firmware.context().get(state, guest);
        return firmware.entryState(state, frame) == PageState.CONTEXT && firmware.guestAt(state, frame) == guest;
    }

    private boolean isQuiet(State state) {
        long busy = 0;
        for (int i = 0; i < firmware.asids().asids(); i++) {
            busy |= firmware.asids().inUse().get(state, i)
                    | firmware.asids().allocated().get(state, i)
                    | firmware.asids().dirty().get(state, i);
        }
        return busy == 0;
    }

    @Override
    public String hurt(State state) {
        for (int guest = 0; guest < firmware.guests().count(); guest++) {
            if (firmware.guests().exists(state, guest) && !hasContext(state, guest)) {
                return "guest %d has its context in frame %d, which is %s"
                        .formatted(guest, firmware.context().get(state, guest),
                                firmware.entryState(state, firmware.context().get(state, guest)));
            }
        }
        return "SNP is off, and there is a guest or an ASID in use";
    }
}
