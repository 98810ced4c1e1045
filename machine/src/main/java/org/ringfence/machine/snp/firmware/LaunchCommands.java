package org.ringfence.machine.snp.firmware;

import org.jspecify.annotations.Nullable;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.sev.SevGuard;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevGuests;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.SnpFirmware.PageType;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.State;

/**
 * The firmware's commands that make a guest, give it an ASID, launch it and end it.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c}.
 */
public record LaunchCommands(SnpFirmware firmware) {

    private static final long POLICY_MUST_BE_ONE = 1L << 17;
    private static final Value[] VALUES = Value.values();

    private ReverseMapTable rmp() {
        return firmware.rmp();
    }

    private SevGuests guests() {
        return firmware.guests();
    }

    private boolean checks(Guard guard) {
        return firmware.guards().checks(guard);
    }

    /**
     * SNP_GCTX_CREATE (0x93): a Firmware page becomes the context of a new guest. It waits where the machine has no
     * room for another guest, a bound that life has not.
     *
     * @return the ordinal of a status, or {@link Outcome#WAITS}
     */
    public long gctxCreate(State state, int gctx) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE.ordinal();
        }
        if (firmware.entryState(state, gctx) != PageState.FIRMWARE
                && checks(FirmwareGuard.GCTX_CREATE_PAGE_IS_FIRMWARES)) {
            return SevStatus.INVALID_PAGE_STATE.ordinal();
        }
        if (firmware.entrySize(state, gctx) != Level.SIZE_4K) {
            return SevStatus.INVALID_PAGE_SIZE.ordinal();
        }
        int guest = guests().free(state);
        if (guest < 0) {
            return Outcome.WAITS;
        }
        firmware.memory().write(state, gctx, Value.ZERO, 0);
        rmp().vmsa().set(state, gctx, 1);
        rmp().setImmutable(state, gctx, true, true);
        guests().life().set(state, guest, Life.INIT);
        firmware.context().set(state, guest, gctx);
        return SevStatus.SUCCESS.ordinal();
    }

    /** SNP_GUEST_STATUS (0x92): policy, ASID and state of the guest, written to a Firmware or Default page. */
    public SevStatus guestStatus(State state, int gctx, int page) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        if (!firmware.isFirmwareWritable(state, page)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        firmware.memory().write(state, page, Value.HOST, 0);
        return SevStatus.SUCCESS;
    }

    /** SNP_ACTIVATE (0x91). */
    public SevStatus activate(State state, int gctx, int asid) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        int guest = firmware.guestAt(state, gctx);
        boolean running = guests().life().is(state, guest, Life.RUNNING);
        if (!firmware.isLaunchedOrRuns(state, guest)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        boolean used = asid >= 1 && asid <= firmware.snp().options().asids() && rmp().pages().get(state, asid) != 0;
        if (used && checks(FirmwareGuard.ACTIVATE_ASID_HAS_NO_PAGES)) {
            return SevStatus.INVALID_CONFIG;
        }
        if (!firmware.asids().has(asid)) {
            return SevStatus.INVALID_ASID;
        }
        if (firmware.asids().isOwned(state, asid) && checks(SevGuard.ACTIVATE_ASID_IS_FREE)) {
            return SevStatus.ASID_OWNED;
        }
        if (guests().isActive(state, guest) && checks(SevGuard.ACTIVATE_GUEST_IS_INACTIVE)) {
            return SevStatus.ACTIVE;
        }
        if (firmware.asids().isDirty(state, asid) && checks(SevGuard.ACTIVATE_ASID_IS_CLEAN)) {
            return SevStatus.DF_FLUSH_REQUIRED;
        }
        firmware.asids().take(state, asid, running);
        guests().asid().set(state, guest, asid);
        if (asid == firmware.snp().options().guestAsid()) {
            firmware.ledger().ifPresent(owed -> releaseAll(state, owed));
        }
        return SevStatus.SUCCESS;
    }

    /** A guest that begins is owed nothing. */
    private void releaseAll(State state, Ledger owed) {
        for (int page = 0; page < firmware.geometry().pages(); page++) {
            owed.released(state, page);
        }
    }

    /** SNP_DECOMMISSION (0x90): the guest's ASID is given up and its Context page becomes Firmware. */
    public SevStatus decommission(State state, int gctx) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        firmware.forget(state, firmware.guestAt(state, gctx));
        rmp().vmsa().set(state, gctx, 0);
        return SevStatus.SUCCESS;
    }

    /** SNP_LAUNCH_START (0xA0). */
    public SevStatus launchStart(State state, int gctx, long policy) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        int guest = firmware.guestAt(state, gctx);
        if (!guests().life().is(state, guest, Life.INIT)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if ((policy & POLICY_MUST_BE_ONE) == 0) {
            return SevStatus.POLICY_FAILURE;
        }
        guests().life().set(state, guest, Life.LAUNCH);
        return SevStatus.SUCCESS;
    }

    /**
     * SNP_LAUNCH_UPDATE (0xA1): encrypts what the host put into a Pre-Guest page, and hands it to the guest validated.
     * A CPUID page that does not hold what the launch measures, {@link Value#LAUNCH}, breaks the firmware's policy: it
     * writes the right table back as plain text, and the page stays as it was.
     *
     * @param type null for a number that is no page type
     * @param masks the permissions of VMPL1 in bits 7:0, of VMPL2 in 15:8, of VMPL3 in 23:16
     */
    public SevStatus launchUpdate(
            State state, int gctx, int frame, Level size, @Nullable PageType type, int masks) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        if (firmware.entryState(state, frame) != PageState.PRE_GUEST
                && checks(FirmwareGuard.LAUNCH_UPDATE_PAGE_IS_PRE_GUEST)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        Level actual = firmware.entrySize(state, frame);
        if (actual != size && checks(FirmwareGuard.LAUNCH_UPDATE_SIZE_AGREES)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        if (type == null) {
            return SevStatus.INVALID_PARAM;
        }
        if (type.isAlways4K()
                && actual != Level.SIZE_4K
                && checks(FirmwareGuard.LAUNCH_UPDATE_TYPE_IS_4K)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        int guest = firmware.guestAt(state, gctx);
        if (!guests().life().is(state, guest, Life.LAUNCH)
                && checks(FirmwareGuard.LAUNCH_UPDATE_GUEST_IS_LAUNCHED)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if (firmware.isInactive(state, guest)) {
            return SevStatus.INACTIVE;
        }
        int asid = guests().asid().get(state, guest);
        if (rmp().asid().get(state, frame) != asid && checks(FirmwareGuard.LAUNCH_UPDATE_PAGE_IS_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        if (type == PageType.CPUID && firmware.memory().read(state, frame, 0) != Value.LAUNCH.ordinal()) {
            firmware.memory().write(state, frame, Value.LAUNCH, 0);
            return SevStatus.INVALID_PARAM;
        }
        for (int i = 0; i < firmware.span(frame, size); i++) {
            fill(state, frame + i, rmp().gpa().get(state, frame) + i, type, asid);
        }
        for (int vmpl = 1; vmpl <= 3; vmpl++) {
            rmp().setPermissions(state, frame, vmpl, masks >>> 8 * (vmpl - 1) & Permissions.ALL);
        }
        if (type == PageType.VMSA) {
            rmp().vmsa().set(state, frame, 1);
        }
        rmp().validated().set(state, frame, true);
        rmp().setImmutable(state, frame, false, false);
        return SevStatus.SUCCESS;
    }

    private void fill(State state, int frame, int page, PageType type, int asid) {
        int key = firmware.key(asid);
        int value =
                switch (type) {
                    case NORMAL, VMSA, UNMEASURED, CPUID -> SevFirmware.encrypt(state, firmware.memory(), frame, key);
                    case ZERO -> write(state, frame, Value.ZERO, key);
                    case SECRETS -> write(state, frame, Value.DATA, key);
                };
        if (asid == firmware.snp().options().guestAsid() && page < firmware.geometry().pages()
                && firmware.ledger().isPresent()) {
            if (value == Memory.JUNK) {
                firmware.ledger().get().released(state, page);
            } else {
                firmware.ledger().get().launched(state, page, VALUES[value]);
            }
        }
    }

    private int write(State state, int frame, Value value, int key) {
        firmware.memory().write(state, frame, value, key);
        return value.ordinal();
    }

    /** SNP_LAUNCH_FINISH (0xA2). */
    public SevStatus launchFinish(State state, int gctx) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        int guest = firmware.guestAt(state, gctx);
        if (!guests().life().is(state, guest, Life.LAUNCH)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if (!guests().isActive(state, guest)) {
            return SevStatus.INACTIVE;
        }
        firmware.asids().run(state, guests().asid().get(state, guest));
        guests().life().set(state, guest, Life.RUNNING);
        return SevStatus.SUCCESS;
    }
}
