package org.ringfence.machine.snp.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.FirmwarePages;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevGuests;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The SEV firmware on AMD's secure processor, as it serves guests with an RMP: what it remembers, and what its commands
 * ask of it. {@link PlatformCommands} initialise the RMP, {@link LaunchCommands} make guests and launch them, {@link
 * PageCommands} and {@link SwapCommands} change single pages later.
 *
 * <p>What it guarantees: a page that it measures or encrypts belongs to the guest, is immutable while it does so, and
 * is handed over validated; what is not a Context page is never taken for one. One method a command; each checks in the
 * order of the firmware's function of that name. Signed identities, migration, the digests of the launch and the TSC
 * are left out; of the policy only the bit that must be one is looked at.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c}.
 *
 * @param enabled SYSCFG has SNPEn and VMPLEn set on every core
 * @param begun a core's VM_HSAVE_PA is set: a guest may have begun there
 * @param initialised between SNP_INIT and SNP_SHUTDOWN
 * @param rmpMade the RMP is as some SNP_INIT made it, and nothing but the firmware and instructions writes it
 * @param map what SNP_INIT makes of memory
 * @param guests those with a context
 * @param context the Context page of each
 */
public record SnpFirmware(
        Snp snp,
        Memory memory,
        Asids asids,
        Flag enabled,
        Flag begun,
        Flag initialised,
        Flag rmpMade,
        FirmwareMap map,
        SevGuests guests,
        FrameRef context,
        Optional<SevFirmware> sev,
        Optional<Ledger> ledger,
        Guards guards)
        implements
            FirmwarePages {

    /** What a page holds that SNP_LAUNCH_UPDATE takes. */
    public enum PageType {
        /** Measured data. */
        NORMAL(1),
        /** A vCPU's registers, measured. */
        VMSA(2),
        /** Zeroes. */
        ZERO(3),
        /** Data of which the contents are not measured. */
        UNMEASURED(4),
        /** Keys to talk to the firmware with, which it writes. */
        SECRETS(5),
        /** A table of CPUID that the firmware holds against its policy. */
        CPUID(6);

        private final int number;

        PageType(int number) {
            this.number = number;
        }

        /** The number in the command. */
        public int number() {
            return number;
        }

        boolean isAlways4K() {
            return this == VMSA || this == SECRETS || this == CPUID;
        }
    }

    /**
     * Declares the firmware's memory.
     *
     * @param snp with {@link RmpFeature#FIRMWARE}
     * @param count how many guests it has room for
     * @param sev the commands without an RMP, if the machine has them
     */
    public static SnpFirmware declare(
            Declaration declaration,
            Snp snp,
            Memory memory,
            Asids asids,
            FirmwareMap map,
            int count,
            Optional<SevFirmware> sev,
            Optional<Ledger> ledger) {
        if (!snp.options().firmware()) {
            throw new IllegalArgumentException("the firmware's commands need an RMP that tells its page states apart");
        }
        Table platform = declaration.single("SNP platform");
        return new SnpFirmware(
                snp,
                memory,
                asids,
                platform.flag("SNPEn"),
                platform.flag("VM_HSAVE_PA set"),
                platform.flag("initialised"),
                platform.flag("RMP made"),
                map,
                SevGuests.declare(declaration, count, asids.asids()),
                declaration.table("guest context", "guest", count).frame("page"),
                sev,
                ledger,
                snp.guards());
    }

    // ---- what the other commands ask too

    public ReverseMapTable rmp() {
        return snp.rmp();
    }

    public Geometry geometry() {
        return snp.geometry();
    }

    /** The state of the entry at {@code frame} itself: of a tail, that of a page to be reclaimed. */
    public PageState entryState(State state, int frame) {
        return frame < rmp().covered() ? PageState.decode(rmp().raw(state, frame)) : PageState.DEFAULT;
    }

    /** The size in the entry at {@code frame} itself. */
    Level entrySize(State state, int frame) {
        return frame < rmp().covered() && rmp().raw(state, frame).large() ? Level.SIZE_2M : Level.SIZE_4K;
    }

    /** The guest whose context is at {@code frame}; -1. */
    public int guestAt(State state, int frame) {
        for (int guest = 0; guest < guests.count(); guest++) {
            if (guests.exists(state, guest) && context.get(state, guest) == frame) {
                return guest;
            }
        }
        return -1;
    }

    /** Whether commands that come after SNP_INIT are refused. */
    boolean isOff(State state) {
        return !initialised.get(state, 0) && guards.checks(FirmwareGuard.PLATFORM_IS_INITIALISED);
    }

    /** Whether a command takes {@code gctx} for the context of a guest. */
    boolean isContext(State state, int gctx) {
        boolean isContext = entryState(state, gctx) == PageState.CONTEXT
                || !guards.checks(FirmwareGuard.CONTEXT_IS_CONTEXT);
        return isContext && guestAt(state, gctx) >= 0;
    }

    /** Whether {@code guest} is between SNP_LAUNCH_START and SNP_DECOMMISSION. */
    boolean isLaunchedOrRuns(State state, int guest) {
        return guests.life().is(state, guest, Life.LAUNCH) || guests.life().is(state, guest, Life.RUNNING);
    }

    /** Whether a command that uses the key of {@code guest} is refused, because the guest has no ASID. */
    boolean isInactive(State state, int guest) {
        return !guests.isActive(state, guest) && guards.checks(FirmwareGuard.GUEST_IS_ACTIVE);
    }

    /** The key in {@link Memory} of the guest with {@code asid}: the one that runs has the first. */
    int key(int asid) {
        int running = snp.options().guestAsid();
        return asid == running ? Snp.GUEST_KEY : asid < running ? asid + 1 : asid;
    }

    /**
     * How many frames from {@code frame} on a command goes through that was given {@code size}; less where memory ends.
     */
    int span(int frame, Level size) {
        return Math.min(geometry().span(size), geometry().frames() - frame);
    }

    /** Whether the guest whose vCPUs there are has been launched: from then on its owner trusts it. */
    public boolean isRunning(State state) {
        for (int guest = 0; guest < guests.count(); guest++) {
            if (guests.life().is(state, guest, Life.RUNNING)
                    && guests.asid().get(state, guest) == snp.options().guestAsid()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether {@code gctx} is the context of a guest that is being launched, so that what is done to it is measured.
     */
    public boolean isLaunching(State state, int gctx) {
        int guest = guestAt(state, gctx);
        return guest >= 0 && guests.life().is(state, guest, Life.LAUNCH);
    }

    @Override
    public boolean isFirmwareWritable(State state, int frame) {
        if (!initialised.get(state, 0)) {
            return true;
        }
        PageState now = entryState(state, frame);
        return now == PageState.FIRMWARE || now == PageState.DEFAULT;
    }

    /** A guest is gone; its ASID is given up. */
    void forget(State state, int guest) {
        if (guests.isActive(state, guest)) {
            asids.give(state, guests.asid().get(state, guest));
        }
        guests.clear(state, guest);
        context.set(state, guest, FrameRef.NONE);
    }
}
