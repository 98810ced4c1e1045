package org.ringfence.machine.snp.law;

import java.util.Optional;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.firmware.RmpWindow;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.firmware.StoreToRmp;
import org.ringfence.machine.state.State;

/**
 * The firmware's order: SNP is initialised only where every core has it on and either none has begun a guest or the RMP
 * stays that an earlier SNP_INIT made; an RMP that was made anew has no guest's page in it; a guest begins with an ASID
 * that no page is assigned to, so that it finds nothing of the one that had it before.
 *
 * <p>Where SNP_INIT takes two steps, the RMP is looked at when its entries were made: RMPUPDATE may assign pages before
 * the command is done. A store of the host's never changes an entry.
 */
public record FirmwareKeepsOrder(SnpFirmware firmware, Optional<RmpWindow> window) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        if (operation instanceof StoreToRmp) {
            return before.sameWords(after) ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
        }
        if (!(operation instanceof SnpCommand)) {
            return 0;
        }
        boolean inOrder = window.isEmpty()
                || window.get().isOpen(before)
                || !window.get().isOpen(after)
                || hasNoGuests(after);
        if (firmware.initialised().get(after, 0) && !firmware.initialised().get(before, 0)) {
            boolean keeps = operation instanceof SnpCommand.InitEx ex && !ex.initRmp();
            inOrder = firmware.enabled().get(before, 0)
                    && (keeps ? firmware.rmpMade().get(before, 0) : !firmware.begun().get(before, 0))
                    && firmware.map().rmp().isTakenByFirmware()
                    && (keeps || window.isPresent() || hasNoGuests(after));
        }
        for (int guest = 0; guest < firmware.guests().count(); guest++) {
            int asid = firmware.guests().asid().get(after, guest);
            if (asid != 0 && asid != firmware.guests().asid().get(before, guest)) {
                inOrder &= firmware.rmp().pages().get(before, asid) == 0;
            }
        }
        return inOrder ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    private boolean hasNoGuests(State state) {
        long pages = 0;
        for (int asid = 1; asid <= firmware.asids().asids(); asid++) {
            pages |= firmware.rmp().pages().get(state, asid);
        }
        return pages == 0;
    }
}
