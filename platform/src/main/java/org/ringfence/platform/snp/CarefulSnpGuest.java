package org.ringfence.platform.snp;

import java.util.Optional;
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
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.firmware.FirmwareSwap;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.state.State;

/**
 * A guest that validates no page which is validated, in whatever frame: what a guest can know that notes what it has
 * validated. One that does lets two frames be valid for a page, and no protection keeps it from that. Nor does it grant
 * anything to VMPL2 or VMPL3, at which software runs, validate, rescind or share a page in which it has put something,
 * scrub one that it has stored to, or read one that it has given up. What runs at a lower VMPL is under no restraint.
 * Its owner trusts it once it has been launched, with each page measured once; before, it does nothing.
 */
public record CarefulSnpGuest() implements Restraint {
    @Override
    public Condition on(Machine machine, Actor actor, Operation<?> operation) {
        if (operation instanceof SnpCommand.LaunchUpdate update) {
            return unlessMeasuredTwice(machine, update);
        }
        if (actor.principal() != Principal.GUEST) {
            return ALWAYS;
        }
        Condition careful = ofGuest(machine, operation);
        return machine.find(SnpFirmware.class)
                .<Condition>map(firmware -> state -> firmware.isRunning(state) && careful.holds(state))
                .orElse(careful);
    }

    /** A launch that validates a page twice has another digest than its owner expects. */
    private static Condition unlessMeasuredTwice(Machine machine, SnpCommand.LaunchUpdate update) {
        SnpFirmware firmware = machine.part(SnpFirmware.class);
        Snp snp = machine.part(Snp.class);
        Optional<FirmwareSwap> swap = machine.find(FirmwareSwap.class);
        Geometry geometry = snp.geometry();
        int frame = update.page().index();
        return state -> {
            int page = snp.rmp().gpa().get(state, frame);
            int last = page + geometry.span(update.size()) - 1;
            return !firmware.isLaunching(state, update.context().index()) || !isValidated(snp, swap, state, page, last);
        };
    }

    private static Condition ofGuest(Machine machine, Operation<?> operation) {
        return switch (operation) {
            case Rmpadjust rmpadjust ->
                rmpadjust.targetVmpl() < Snp.INNER_VMPL || rmpadjust.permissions() == Permissions.NONE
                        ? ALWAYS
                        : state -> false;
            case Pvalidate pvalidate -> {
                Condition nothing = hasNothing(machine, pvalidate.gpa(), pvalidate.size());
                Condition fresh = pvalidate.validate() ? unlessValidated(machine, pvalidate) : ALWAYS;
                yield state -> nothing.holds(state) && fresh.holds(state);
            }
            case PageStateChange change -> hasNothing(machine, change.gpa(), change.size());
            case Scrub(long gpa) -> {
                Ledger ledger = machine.part(Ledger.class);
                int page = machine.part(Snp.class).geometry().page(gpa);
                yield state -> !ledger.live().get(state, page);
            }
            case Load(long gpa, Mapping mapping) when mapping == Mapping.PRIVATE -> {
                Ledger ledger = machine.part(Ledger.class);
                int page = machine.part(Snp.class).geometry().page(gpa);
                yield state -> ledger.put().get(state, page) != 0;
            }
            default -> ALWAYS;
        };
    }

    private static Condition hasNothing(Machine machine, long gpa, Level size) {
        Ledger ledger = machine.part(Ledger.class);
        Geometry geometry = machine.part(Snp.class).geometry();
        int first = geometry.page(gpa);
        int last = first + geometry.span(size) - 1;
        return state -> {
            for (int page = first; page <= last && page < geometry.pages(); page++) {
                if (ledger.put().get(state, page) != 0) {
                    return false;
                }
            }
            return true;
        };
    }

    private static Condition unlessValidated(Machine machine, Pvalidate pvalidate) {
        Snp snp = machine.part(Snp.class);
        Optional<FirmwareSwap> swap = machine.find(FirmwareSwap.class);
        int page = snp.geometry().page(pvalidate.gpa());
        int last = page + snp.geometry().span(pvalidate.size()) - 1;
        return state -> !isValidated(snp, swap, state, page, last);
    }

    /** Whether one of the pages is validated in some frame, or was when it was swapped out. */
    private static boolean isValidated(Snp snp, Optional<FirmwareSwap> swap, State state, int first, int last) {
        for (int frame = 0; frame < snp.geometry().frames(); frame++) {
            int at = snp.rmp().validatedAt(state, frame);
            if (at >= first && at <= last) {
                return true;
            }
        }
        for (int page = first; swap.isPresent() && page <= last; page++) {
            if (swap.get().holds(state, page)) {
                return true;
            }
        }
        return false;
    }
}
