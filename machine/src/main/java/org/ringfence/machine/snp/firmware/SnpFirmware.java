package org.ringfence.machine.snp.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.FirmwarePages;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevGuests;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The SEV firmware on AMD's secure processor, as it serves guests with an RMP: it initialises the RMP, makes guests and
 * launches them. {@link FirmwarePageCommands} and {@link FirmwareSwap} hold what it does to single pages later.
 *
 * <p>What it guarantees: a page that it measures or encrypts belongs to the guest, is immutable while it does so, and
 * is handed over validated; what is not a Context page is never taken for one. One method a command; each checks in the
 * order of the firmware's function of that name. Arguments' reserved bits do not exist here. Signed identities,
 * migration, the digests of the launch and the TSC are left out; of the policy only the bit that must be one is looked
 * at.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c}.
 *
 * @param enabled SYSCFG has SNPEn and VMPLEn set on every core
 * @param begun a core's VM_HSAVE_PA is set: a guest may have begun there
 * @param initialised between SNP_INIT and SNP_SHUTDOWN
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
        FirmwareMap map,
        SevGuests guests,
        FrameRef context,
        Optional<SevFirmware> sev,
        Optional<Ledger> ledger,
        Guards guards)
        implements
            FirmwarePages {

    private static final long POLICY_MUST_BE_ONE = 1L << 17;
    private static final Value[] VALUES = Value.values();

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

    /** What a command answers that names a context: the platform first, then the page. */
    SevStatus refusal(State state, int gctx) {
        if (!initialised.get(state, 0) && guards.checks(FirmwareGuard.PLATFORM_IS_INITIALISED)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        boolean isContext = entryState(state, gctx) == PageState.CONTEXT
                || !guards.checks(FirmwareGuard.CONTEXT_IS_CONTEXT);
        return isContext && guestAt(state, gctx) >= 0 ? SevStatus.SUCCESS : SevStatus.INVALID_GUEST;
    }

    /** What a command answers that uses the key of a guest that is launched or runs. */
    SevStatus refusalOfUse(State state, int guest) {
        if (!guests.life().is(state, guest, Life.LAUNCH) && !guests.life().is(state, guest, Life.RUNNING)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        return guests.isActive(state, guest) || !guards.checks(FirmwareGuard.GUEST_IS_ACTIVE)
                ? SevStatus.SUCCESS
                : SevStatus.INACTIVE;
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

    // ---- the platform

    /** SNP_INIT (0x81). It makes an entry of every frame anew. */
    public SevStatus init(State state, boolean aliased) {
        boolean on = initialised.get(state, 0)
                || (sev.isPresent() && sev.get().platform().get(state) != SevFirmware.Platform.UNINIT);
        if (on) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        boolean configured = enabled.get(state, 0) && !begun.get(state, 0) && map.rmp().isTakenByFirmware();
        if (!configured && guards.checks(FirmwareGuard.INIT_IS_CONFIGURED)) {
            return SevStatus.INVALID_CONFIG;
        }
        if (aliased && guards.checks(FirmwareGuard.INIT_MEMORY_HAS_NO_ALIAS)) {
            return SevStatus.INVALID_CONFIG;
        }
        for (int frame = 0; frame < rmp().covered(); frame++) {
            rmp().reset(state, frame, false, map.isFixed(frame));
            if (map.isIommus(frame)) {
                rmp().reset(state, frame, true, true);
                rmp().setTag(state, frame, RawRmpEntry.TAG_IOMMU, FrameRef.NONE);
            }
        }
        asids.initialise(state);
        initialised.set(state, 0, true);
        return SevStatus.SUCCESS;
    }

    /**
     * SNP_SHUTDOWN (0x82), and SNP_SHUTDOWN_EX (0x86) where {@code iommu} is set: then the IOMMU's pages can be taken
     * back.
     */
    public SevStatus shutdown(State state, boolean iommu) {
        if (sev.isPresent() && sev.get().platform().get(state) != SevFirmware.Platform.UNINIT) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!initialised.get(state, 0)) {
            return SevStatus.SUCCESS;
        }
        if (!asids.isAllClean(state) && guards.checks(FirmwareGuard.SHUTDOWN_ASIDS_ARE_CLEAN)) {
            return SevStatus.DF_FLUSH_REQUIRED;
        }
        for (int frame = map.firstIommu(); iommu && frame < map.firstIommu() + map.iommus(); frame++) {
            rmp().setImmutable(state, frame, false, false);
            rmp().setTag(state, frame, 0, FrameRef.NONE);
        }
        for (int guest = 0; guest < guests.count(); guest++) {
            forget(state, guest);
        }
        initialised.set(state, 0, false);
        return SevStatus.SUCCESS;
    }

    /** SNP_DF_FLUSH (0x84). */
    public SevStatus dfFlush(State state) {
        return asids.dfFlush(state);
    }

    // ---- the life of a guest

    /**
     * SNP_GCTX_CREATE (0x93): a Firmware page becomes the context of a new guest. It waits where the machine has no
     * room for another guest, a bound that life has not.
     *
     * @return the ordinal of a status, or {@link Outcome#WAITS}
     */
    public long gctxCreate(State state, int gctx) {
        if (!initialised.get(state, 0) && guards.checks(FirmwareGuard.PLATFORM_IS_INITIALISED)) {
            return SevStatus.INVALID_PLATFORM_STATE.ordinal();
        }
        if (entryState(state, gctx) != PageState.FIRMWARE
                && guards.checks(FirmwareGuard.GCTX_CREATE_PAGE_IS_FIRMWARES)) {
            return SevStatus.INVALID_PAGE_STATE.ordinal();
        }
        if (entrySize(state, gctx) != Level.SIZE_4K) {
            return SevStatus.INVALID_PAGE_SIZE.ordinal();
        }
        int guest = guests.free(state);
        if (guest < 0) {
            return Outcome.WAITS;
        }
        memory.write(state, gctx, Value.ZERO, 0);
        rmp().vmsa().set(state, gctx, 1);
        rmp().setImmutable(state, gctx, true, true);
        guests.life().set(state, guest, Life.INIT);
        context.set(state, guest, gctx);
        return SevStatus.SUCCESS.ordinal();
    }

    /** SNP_ACTIVATE (0x91). */
    public SevStatus activate(State state, int gctx, int asid) {
        SevStatus refusal = refusal(state, gctx);
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        int guest = guestAt(state, gctx);
        boolean running = guests.life().is(state, guest, Life.RUNNING);
        if (!running && !guests.life().is(state, guest, Life.LAUNCH)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        boolean used = asid >= 1 && asid <= snp.options().asids() && rmp().pages().get(state, asid) != 0;
        if (used && guards.checks(FirmwareGuard.ACTIVATE_ASID_HAS_NO_PAGES)) {
            return SevStatus.INVALID_CONFIG;
        }
        refusal = asids.refusal(state, asid, guests.isActive(state, guest));
        if (refusal == SevStatus.SUCCESS) {
            asids.take(state, asid, running);
            guests.asid().set(state, guest, asid);
            if (asid == snp.options().guestAsid()) {
                ledger.ifPresent(owed -> releaseAll(state, owed));
            }
        }
        return refusal;
    }

    /** A guest that begins is owed nothing. */
    private void releaseAll(State state, Ledger owed) {
        for (int page = 0; page < geometry().pages(); page++) {
            owed.released(state, page);
        }
    }

    /** SNP_DECOMMISSION (0x90): the guest's ASID is given up and its Context page becomes Firmware. */
    public SevStatus decommission(State state, int gctx) {
        SevStatus refusal = refusal(state, gctx);
        if (refusal == SevStatus.SUCCESS) {
            forget(state, guestAt(state, gctx));
            rmp().vmsa().set(state, gctx, 0);
        }
        return refusal;
    }

    private void forget(State state, int guest) {
        if (guests.isActive(state, guest)) {
            asids.give(state, guests.asid().get(state, guest));
        }
        guests.clear(state, guest);
        context.set(state, guest, FrameRef.NONE);
    }

    /** SNP_LAUNCH_START (0xA0). */
    public SevStatus launchStart(State state, int gctx, long policy) {
        SevStatus refusal = refusal(state, gctx);
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        int guest = guestAt(state, gctx);
        if (!guests.life().is(state, guest, Life.INIT)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if ((policy & POLICY_MUST_BE_ONE) == 0) {
            return SevStatus.POLICY_FAILURE;
        }
        guests.life().set(state, guest, Life.LAUNCH);
        return SevStatus.SUCCESS;
    }

    /**
     * SNP_LAUNCH_UPDATE (0xA1): encrypts what the host put into a Pre-Guest page, and hands it to the guest validated.
     * A CPUID page that does not hold what the launch measures, {@link Value#LAUNCH}, breaks the firmware's policy: it
     * writes the right table back as plain text, and the page stays as it was.
     *
     * @param masks the permissions of VMPL1 in bits 7:0, of VMPL2 in 15:8, of VMPL3 in 23:16
     */
    public SevStatus launchUpdate(State state, int gctx, int frame, Level size, PageType type, int masks) {
        SevStatus refusal = refusal(state, gctx);
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        if (entryState(state, frame) != PageState.PRE_GUEST
                && guards.checks(FirmwareGuard.LAUNCH_UPDATE_PAGE_IS_PRE_GUEST)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        Level actual = entrySize(state, frame);
        if (actual != size && guards.checks(FirmwareGuard.LAUNCH_UPDATE_SIZE_AGREES)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        if (type.isAlways4K()
                && actual != Level.SIZE_4K
                && guards.checks(FirmwareGuard.LAUNCH_UPDATE_TYPE_IS_4K)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        int guest = guestAt(state, gctx);
        if (!guests.life().is(state, guest, Life.LAUNCH)
                && guards.checks(FirmwareGuard.LAUNCH_UPDATE_GUEST_IS_LAUNCHED)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if (!guests.isActive(state, guest) && guards.checks(FirmwareGuard.GUEST_IS_ACTIVE)) {
            return SevStatus.INACTIVE;
        }
        int asid = guests.asid().get(state, guest);
        if (rmp().asid().get(state, frame) != asid && guards.checks(FirmwareGuard.LAUNCH_UPDATE_PAGE_IS_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        if (type == PageType.CPUID && memory.read(state, frame, 0) != Value.LAUNCH.ordinal()) {
            memory.write(state, frame, Value.LAUNCH, 0);
            return SevStatus.INVALID_PARAM;
        }
        for (int i = 0; i < span(frame, size); i++) {
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
        int key = key(asid);
        int value =
                switch (type) {
                    case NORMAL, VMSA, UNMEASURED, CPUID -> SevFirmware.encrypt(state, memory, frame, key);
                    case ZERO -> write(state, frame, Value.ZERO, key);
                    case SECRETS -> write(state, frame, Value.DATA, key);
                };
        if (asid == snp.options().guestAsid() && page < geometry().pages() && ledger.isPresent()) {
            if (value == Memory.JUNK) {
                ledger.get().released(state, page);
            } else {
                ledger.get().launched(state, page, VALUES[value]);
            }
        }
    }

    private int write(State state, int frame, Value value, int key) {
        memory.write(state, frame, value, key);
        return value.ordinal();
    }

    /** SNP_LAUNCH_FINISH (0xA2). */
    public SevStatus launchFinish(State state, int gctx) {
        SevStatus refusal = refusal(state, gctx);
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        int guest = guestAt(state, gctx);
        if (!guests.life().is(state, guest, Life.LAUNCH)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if (!guests.isActive(state, guest)) {
            return SevStatus.INACTIVE;
        }
        asids.run(state, guests.asid().get(state, guest));
        guests.life().set(state, guest, Life.RUNNING);
        return SevStatus.SUCCESS;
    }
}
