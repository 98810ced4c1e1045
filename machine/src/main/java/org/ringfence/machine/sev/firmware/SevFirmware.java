package org.ringfence.machine.sev.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.sev.SevGuard;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * The SEV firmware on AMD's secure processor, without an RMP: it makes guests, gives them ASIDs, encrypts and measures
 * what they begin with. One method a command; each checks the platform, then the guest, then its arguments, as the
 * firmware does. Migration, attestation and certificates are left out; so are SEV-ES's register checksums.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c}, in functions named after the commands.
 *
 * <p>Memory that tells keys of one KeyID apart knows a guest's key by its handle; a guest that is gone takes its key
 * along, so that the next one with its handle has another.
 *
 * @param platform UNINIT, INIT with no guest, WORKING with one
 * @param guests those with a handle, which is their number less 1
 */
public record SevFirmware(
        Memory memory, Asids asids, SevGuests guests, Enumerated<Platform> platform, Guards guards) {

    /** The platform's states. */
    public enum Platform {
        /** Before INIT. */
        UNINIT,
        /** No guest. */
        INIT,
        /** At least one guest. */
        WORKING
    }

    /** Declares the firmware's memory, with room for {@code guests} guests. */
    public static SevFirmware declare(Declaration declaration, Memory memory, Asids asids, int guests, Guards guards) {
        return new SevFirmware(
                memory,
                asids,
                SevGuests.declare(declaration, guests, asids.asids()),
                declaration.single("SEV platform").enumerated("state", Platform.class),
                guards);
    }

    /** Whether the guest with this handle runs under {@code asid}: the caches let its ASID in. */
    public boolean runs(State state, int handle, int asid) {
        return guests.asid().get(state, handle - 1) == asid && guests.life().is(state, handle - 1, Life.RUNNING);
    }

    /** Whether the guest with this handle has an ASID. */
    public boolean isActive(State state, int handle) {
        return guests.isActive(state, handle - 1);
    }

    // ---- the platform

    /** INIT (0x1). */
    public SevStatus init(State state) {
        if (platform.get(state) != Platform.UNINIT && guards.checks(SevGuard.INIT_PLATFORM_IS_UNINIT)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        asids.initialise(state);
        platform.set(state, Platform.INIT);
        return SevStatus.SUCCESS;
    }

    /** SHUTDOWN (0x2): every guest is gone. */
    public SevStatus shutdown(State state) {
        for (int guest = 0; guest < guests.count(); guest++) {
            if (guests.isActive(state, guest)) {
                asids.give(state, guests.asid().get(state, guest));
            }
            forget(state, guest);
        }
        platform.set(state, Platform.UNINIT);
        return SevStatus.SUCCESS;
    }

    /** DF_FLUSH (0xA). */
    public SevStatus dfFlush(State state) {
        return asids.dfFlush(state);
    }

    // ---- the life of a guest

    /** LAUNCH_START (0x30), of a guest with a key of its own; its handle is the first that is free. */
    public SevStatus launchStart(State state) {
        if (platform.get(state) == Platform.UNINIT && guards.checks(SevGuard.LAUNCH_START_PLATFORM_IS_INITIALISED)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        int guest = guests.free(state);
        if (guest < 0) {
            return SevStatus.RESOURCE_LIMIT;
        }
        guests.life().set(state, guest, Life.LAUNCH);
        platform.set(state, Platform.WORKING);
        return SevStatus.SUCCESS;
    }

    /** ACTIVATE (0x22). */
    public SevStatus activate(State state, int handle, int asid) {
        if (isIdle(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!guests.exists(state, handle - 1)) {
            return SevStatus.INVALID_GUEST;
        }
        int guest = handle - 1;
        if (!asids.has(asid)) {
            return SevStatus.INVALID_ASID;
        }
        if (asids.isOwned(state, asid) && guards.checks(SevGuard.ACTIVATE_ASID_IS_FREE)) {
            return SevStatus.ASID_OWNED;
        }
        if (guests.isActive(state, guest) && guards.checks(SevGuard.ACTIVATE_GUEST_IS_INACTIVE)) {
            return SevStatus.ACTIVE;
        }
        if (asids.isDirty(state, asid) && guards.checks(SevGuard.ACTIVATE_ASID_IS_CLEAN)) {
            return SevStatus.DF_FLUSH_REQUIRED;
        }
        asids.take(state, asid, guests.life().is(state, guest, Life.RUNNING));
        if (memory.options().keyChanges() > 0) {
            memory.chooseKey(state, asid, handle);
        }
        guests.asid().set(state, guest, asid);
        return SevStatus.SUCCESS;
    }

    /** DEACTIVATE (0x23). */
    public SevStatus deactivate(State state, int handle) {
        if (isIdle(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!guests.exists(state, handle - 1)) {
            return SevStatus.INVALID_GUEST;
        }
        int guest = handle - 1;
        if (!guests.isActive(state, guest)) {
            return SevStatus.INACTIVE;
        }
        asids.give(state, guests.asid().get(state, guest));
        guests.asid().set(state, guest, 0);
        return SevStatus.SUCCESS;
    }

    /** DECOMMISSION (0x20). */
    public SevStatus decommission(State state, int handle) {
        if (isIdle(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!guests.exists(state, handle - 1)) {
            return SevStatus.INVALID_GUEST;
        }
        if (guests.isActive(state, handle - 1) && guards.checks(SevGuard.DECOMMISSION_GUEST_IS_INACTIVE)) {
            return SevStatus.ACTIVE;
        }
        forget(state, handle - 1);
        boolean last = true;
        for (int guest = 0; guest < guests.count(); guest++) {
            last &= !guests.exists(state, guest);
        }
        platform.set(state, last ? Platform.INIT : Platform.WORKING);
        return SevStatus.SUCCESS;
    }

    /**
     * LAUNCH_UPDATE_DATA (0x31): encrypts in place what the host put into {@code frame} and the {@code frames - 1}
     * after it.
     *
     * @param offset bytes within the first frame
     * @param length bytes
     * @param pages which frames the firmware may write
     */
    public SevStatus launchUpdateData(
            State state, int handle, int frame, int offset, long length, Optional<FirmwarePages> pages) {
        if (isIdle(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!guests.exists(state, handle - 1)) {
            return SevStatus.INVALID_GUEST;
        }
        int guest = handle - 1;
        if (!guests.life().is(state, guest, Life.LAUNCH)
                && guards.checks(SevGuard.LAUNCH_UPDATE_GUEST_IS_LAUNCHED)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if (!guests.isActive(state, guest) && guards.checks(SevGuard.LAUNCH_UPDATE_GUEST_IS_ACTIVE)) {
            return SevStatus.INACTIVE;
        }
        if (offset % 16 != 0) {
            return SevStatus.INVALID_ADDRESS;
        }
        if (length == 0 || length % 16 != 0) {
            return SevStatus.INVALID_LENGTH;
        }
        long last = frame + (offset + length - 1) / Geometry.SMALL;
        if (last >= memory.geometry().frames()) {
            return SevStatus.INVALID_ADDRESS;
        }
        for (int i = frame; i <= last && guards.checks(SevGuard.LAUNCH_UPDATE_PAGE_IS_FIRMWARES); i++) {
            if (pages.isPresent() && !pages.get().isFirmwareWritable(state, i)) {
                return SevStatus.INVALID_PAGE_STATE;
            }
        }
        for (int i = frame; i <= last; i++) {
            encrypt(state, memory, i, guests.asid().get(state, guest));
        }
        return SevStatus.SUCCESS;
    }

    /** LAUNCH_MEASURE (0x33). */
    public SevStatus launchMeasure(State state, int handle) {
        if (isIdle(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!guests.exists(state, handle - 1)) {
            return SevStatus.INVALID_GUEST;
        }
        boolean launched = guests.life().is(state, handle - 1, Life.LAUNCH);
        if (!launched && guards.checks(SevGuard.LAUNCH_MEASURE_GUEST_IS_LAUNCHED)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        guests.life().set(state, handle - 1, Life.SECRET);
        return SevStatus.SUCCESS;
    }

    /** LAUNCH_FINISH (0x35): a guest that has an ASID may run. */
    public SevStatus launchFinish(State state, int handle) {
        if (isIdle(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!guests.exists(state, handle - 1)) {
            return SevStatus.INVALID_GUEST;
        }
        boolean measured = guests.life().is(state, handle - 1, Life.SECRET);
        if (!measured && guards.checks(SevGuard.LAUNCH_FINISH_GUEST_IS_MEASURED)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        guests.life().set(state, handle - 1, Life.RUNNING);
        if (guests.isActive(state, handle - 1)) {
            asids.run(state, guests.asid().get(state, handle - 1));
        }
        return SevStatus.SUCCESS;
    }

    private void forget(State state, int guest) {
        guests.clear(state, guest);
        if (memory.options().keyChanges() > 0) {
            memory.forgetKey(state, guest + 1);
        }
    }

    /** Whether commands about a guest are refused, because the platform has none. */
    private boolean isIdle(State state) {
        return platform.get(state) != Platform.WORKING && guards.checks(SevGuard.GUEST_PLATFORM_IS_WORKING);
    }

    // ---- contents

    /**
     * Encrypts what a reader without a key sees in {@code frame} under {@code key}, in place. What is cached with C-bit
     * 0 leaves the caches as the firmware reads it: written back later, it would take the place of the ciphertext.
     * Ciphertext encrypted once more makes sense to nobody.
     *
     * @return what was encrypted: the ordinal of a {@link Value}, or {@link Memory#JUNK}
     */
    public static int encrypt(State state, Memory memory, int frame, int key) {
        memory.flush(state, frame, 0);
        int value = memory.read(state, frame, 0);
        if (value == Memory.JUNK) {
            memory.write(state, frame, Value.ZERO, key);
            memory.writtenAt().set(state, frame, FrameRef.NONE);
        } else {
            memory.write(state, frame, VALUES[value], key);
        }
        return value;
    }

    private static final Value[] VALUES = Value.values();
}
