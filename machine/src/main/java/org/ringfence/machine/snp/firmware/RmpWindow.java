package org.ringfence.machine.snp.firmware;

import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;

/**
 * The time that SNP_INIT takes: it makes the entries of the RMP, and protects the RMP against stores by cores only when
 * it is done. Secure firmware keeps cores from the RMP before it makes the first entry; where it does not, a core's
 * store of 8 bytes in between makes of an entry what the host likes, for as long as SNP is on. A machine with this part
 * has SNP_INIT, and SNP_INIT_EX that makes the RMP anew, in two steps; else they are one.
 *
 * <p>Source: Schlüter and Shinde, "RMPocalypse" (2025), CVE-2025-0033; AMD-SB-3020.
 *
 * @param by the actor whose SNP_INIT is under way, and 1; 0 for none
 */
public record RmpWindow(SnpFirmware firmware, Bounded by) {
    /** Brings it. */
    public static final Part PART = Part.of(
            RmpWindow.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(SnpFirmware.class), cast.cpus()));

    /** Declares it, for a machine with this many actors. */
    public static RmpWindow declare(Declaration declaration, SnpFirmware firmware, int actors) {
        return new RmpWindow(firmware,
                declaration.single("SNP_INIT under way").bounded("by actor", actors, ValueNames.NUMBER_OR_NONE));
    }

    /** Whether an SNP_INIT is under way. */
    public boolean isOpen(State state) {
        return by.get(state) != 0;
    }

    /**
     * SNP_INIT by {@code actor} in two steps. Another one meanwhile waits: there is one mailbox.
     *
     * @param check what it checks, and answers as a code: 0 for success
     * @param make makes the entries
     */
    Step steps(int actor, ToLongFunction<State> check, Consumer<State> make) {
        PlatformCommands platform = new PlatformCommands(firmware);
        return state -> {
            int now = by.get(state);
            if (now == actor + 1) {
                by.set(state, 0);
                platform.finish(state);
                return SevStatus.SUCCESS.ordinal();
            }
            if (now != 0) {
                return Outcome.WAITS;
            }
            long refused = check.applyAsLong(state);
            if (refused != SevStatus.SUCCESS.ordinal()) {
                return refused;
            }
            make.accept(state);
            by.set(state, actor + 1);
            return Outcome.STAYS;
        };
    }

    /** Whether a store to the RMP reaches it now and stays. */
    boolean reaches(State state, int frame) {
        return isOpen(state)
                && !firmware.guards().checks(FirmwareGuard.INIT_RMP_IS_PROTECTED)
                && !firmware.rmp().isLarge(state, frame);
    }

    /** The RMP entry of {@code frame} becomes that of a 4K page which the guest has validated at {@code page}. */
    void forge(State state, int frame, int page) {
        ReverseMapTable rmp = firmware.rmp();
        Rmpupdate.perform(state, rmp, frame, false, 0, Level.SIZE_4K, 0, false);
        Rmpupdate.perform(state, rmp, frame, true, page, Level.SIZE_4K, firmware.snp().options().guestAsid(), false);
        rmp.setValidated(state, frame, true);
    }
}
