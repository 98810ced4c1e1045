package org.ringfence.machine.sev.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevFirmware.Platform;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.state.State;

/**
 * The firmware's account of ASIDs and its guests agree: between INIT and SHUTDOWN an ASID is clean, allocated, in use
 * or dirty in each CCX, and never two of these; it is in use everywhere where one guest has it that runs, allocated
 * everywhere where one has it that does not yet, and neither where none has. The platform is WORKING where there is a
 * guest, and only there.
 */
public record AsidsHaveOneGuest(SevFirmware firmware) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        return isPlatformRight(state) && wrongAsid(state) == 0
                ? Property.ACCOUNTING.exercised()
                : Property.ACCOUNTING.broken();
    }

    @Override
    public String hurt(State state) {
        int wrong = wrongAsid(state);
        return wrong == 0
                ? "the platform's state, which tells of guests where there are none or of none where there are some"
                : "ASID %d, of which the firmware's account tells other things than its guests do".formatted(wrong);
    }

    private boolean isPlatformRight(State state) {
        boolean any = false;
        for (int guest = 0; guest < firmware.guests().count(); guest++) {
            any |= firmware.guests().exists(state, guest);
        }
        return any == firmware.platform().is(state, 0, Platform.WORKING);
    }

    private int wrongAsid(State state) {
        if (firmware.platform().is(state, 0, Platform.UNINIT)) {
            return 0;
        }
        for (int asid = 1; asid <= firmware.asids().asids(); asid++) {
            if (!isRight(state, asid)) {
                return asid;
            }
        }
        return 0;
    }

    private boolean isRight(State state, int asid) {
        Asids asids = firmware.asids();
        long inUse = asids.inUse().get(state, asid - 1);
        long allocated = asids.allocated().get(state, asid - 1);
        long dirty = asids.dirty().get(state, asid - 1);
        long clean = asids.clean().get(state, asid - 1);
        int running = 0;
        int launching = 0;
        for (int guest = 0; guest < firmware.guests().count(); guest++) {
            if (firmware.guests().asid().get(state, guest) == asid) {
                boolean runs = firmware.guests().life().is(state, guest, Life.RUNNING);
                running += runs ? 1 : 0;
                launching += runs ? 0 : 1;
            }
        }
        boolean each = inUse + allocated + dirty + clean == asids.everywhere()
                && (inUse | allocated | dirty | clean) == asids.everywhere();
        return each
                && running + launching <= 1
                && inUse == (running == 1 ? asids.everywhere() : 0)
                && allocated == (launching == 1 ? asids.everywhere() : 0);
    }
}
