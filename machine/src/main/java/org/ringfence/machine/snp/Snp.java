package org.ringfence.machine.snp;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.sev.Exits;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.NestedPageTable;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * SEV-SNP as one guest meets it: the checks of its accesses, and what its instructions look at.
 *
 * <p>What the mechanism guarantees: software at VMPL0 reads and writes, with C-bit 1, only frames that the RMP assigns
 * to it at that very page and that it has validated there; software at a lower VMPL moreover only what RMPADJUST has
 * permitted. None of these operations changes what a frame holds, and none clears it: a frame that the host hands over
 * holds whatever the guest's key makes of its bytes.
 *
 * <p>What fails a check leaves for the host as a nested page fault, except one case that the guest must handle itself:
 * a page that is its own but not validated raises #VC with exit code 0x404. The guest's own page tables are not here: a
 * page is named by its guest physical address, and an access says through which C-bit it goes.
 */
public record Snp(Geometry geometry, RmpOptions options, ReverseMapTable rmp, NestedPageTable npt, Exits exits,
        Optional<VmsaRegisters> registers, Guards guards)
        implements
            NestedGuest,
            HostMemory {

    /**
     * The key of {@link org.ringfence.machine.memory.Memory} that the guest's C-bit 1 stands for; C-bit 0 is the host's
     * key 0.
     */
    public static final int GUEST_KEY = NestedGuest.GUEST_KEY;

    /** The VMPL of a {@link Principal#INNER_GUEST} unless said otherwise. */
    public static final int INNER_VMPL = Actor.INNER_VMPL;

    /** The least privileged VMPL. */
    public static final int LAST_VMPL = 3;

    private static final long FAULT = -1000;
    private static final ExitReason[] REASONS = ExitReason.values();

    /**
     * Declares the tables.
     *
     * @param cpus where actors are
     * @param vcpus actors 0 to {@code vcpus - 1} have the reasons of their exits kept, for a host that looks, and,
     *     where the RMP has the VMSA bit, their VMSA pages; 0 when none does
     */
    public static Snp declare(Declaration declaration, Geometry geometry, RmpOptions options, Cpus cpus, int vcpus) {
        return declare(declaration, geometry, options, cpus, vcpus, Guards.allOn());
    }

    /**
     * As {@link #declare(Declaration, Geometry, RmpOptions, Cpus, int)}, with some of the checks of {@link SnpGuard}
     * off.
     */
    public static Snp declare(
            Declaration declaration, Geometry geometry, RmpOptions options, Cpus cpus, int vcpus, Guards guards) {
        return declare(declaration, geometry, options, cpus, vcpus, Optional.empty(), guards);
    }

    /**
     * The same.
     *
     * @param registers what exits save in VMSA pages; empty where they save nothing
     */
    public static Snp declare(
            Declaration declaration,
            Geometry geometry,
            RmpOptions options,
            Cpus cpus,
            int vcpus,
            Optional<VmsaRegisters> registers,
            Guards guards) {
        return new Snp(
                geometry,
                options,
                ReverseMapTable.declare(
                        declaration,
                        geometry,
                        options,
                        VmsaPages.declare(declaration, cpus, options.vmsa() ? vcpus : 0),
                        guards),
                NestedPageTable.declare(declaration, geometry),
                Exits.declare(declaration, geometry, cpus, vcpus),
                registers,
                guards);
    }

    /** The VMPL at which this actor, which is software in the guest, runs. */
    public static int vmpl(Actor actor) {
        Principal principal = actor.principal();
        return switch (principal) {
            case GUEST -> 0;
            case INNER_GUEST -> actor.vmpl();
            case HOST, VMM, DEVICE, BUS, HARDWARE ->
                throw new IllegalArgumentException("the " + principal + " has no VMPL");
        };
    }

    /**
     * Sets up a page as the launch does: {@code frame} mapped at {@code page}, assigned to the guest, and validated if
     * {@code validated} (as SNP_LAUNCH_UPDATE leaves it). Permissions are as after RMPUPDATE.
     */
    public void launch(State state, int page, int frame, Level size, boolean validated) {
        RmpupdateResult result = Rmpupdate.perform(state, rmp, frame, true, page, size, options.guestAsid(), false);
        if (result != RmpupdateResult.SUCCESS || !npt.canMap(page, frame, size)) {
            throw new IllegalArgumentException(
                    "frame " + frame + " cannot be launched at page " + page + " as " + size + ": " + result);
        }
        npt.map(state, page, frame, size);
        rmp.setValidated(state, frame, validated);
    }

    // ---- accesses

    @Override
    public void require(Actor actor) {
        vmpl(actor);
    }

    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        long frame = check(state, vmpl(actor), page, mapping, write);
        return leaveOnFault(state, actor.index(), page, frame);
    }

    /** Those that are assigned to the page, and what is mapped there. */
    @Override
    public int frames(State state, int page) {
        int mapped = npt.lookup(state, page);
        int frames = mapped == FrameRef.NONE ? 0 : 1;
        for (int frame = 0; frame < rmp.covered(); frame++) {
            if (frame != mapped && rmp.isAssignedTo(state, frame, page)) {
                frames++;
            }
        }
        return frames;
    }

    /** A host write faults at an assigned frame; through a 2M mapping, where any frame of the 2M is assigned. */
    @Override
    public boolean refusesHostWrite(State state, int frame, Level mapping) {
        return mapping == Level.SIZE_2M ? rmp.refusesHostLarge(state, frame) : rmp.refusesHost(state, frame);
    }

    /** Reads by the host, or by a device of its, are never refused. */
    @Override
    public boolean permits(State state, int frame, boolean write) {
        return !write || !rmp.refusesHost(state, frame);
    }

    public long check(State state, int vmpl, int page, Mapping mapping, boolean write) {
        return check(state, vmpl, page, mapping, write ? Access.WRITE : Access.READ);
    }

    /**
     * Translates and checks an access without recording anything.
     *
     * @param mapping must be private for an access that does not heed the C-bit
     * @return the frame; {@link GuestMemory#PAGE_NOT_VALIDATED}; or, less than that, a nested page fault of {@link
     *     #faultOf}
     */
    public long check(State state, int vmpl, int page, Mapping mapping, Access access) {
        int frame = npt.lookup(state, page);
        if (mapping == Mapping.SHARED) {
            if (frame == FrameRef.NONE) {
                return fault(ExitReason.NPF_NOT_PRESENT_SHARED);
            }
            boolean checked = access == Access.WRITE || options.checksSharedReads();
            return checked && rmp.isAssigned(state, frame) && guards.checks(SnpGuard.SHARED_FRAME_IS_HYPERVISORS)
                    ? fault(ExitReason.NPF_RMP_SHARED)
                    : frame;
        }
        if (frame == FrameRef.NONE) {
            return fault(ExitReason.NPF_NOT_PRESENT_PRIVATE);
        }
        if (!rmp.isGuests(state, frame, page) && guards.checks(SnpGuard.PRIVATE_FRAME_IS_GUESTS)) {
            return fault(ExitReason.NPF_RMP_PRIVATE);
        }
        if (npt.isLarge(state, page) != rmp.isLarge(state, frame) && guards.checks(SnpGuard.PRIVATE_SIZES_AGREE)) {
            boolean sizem = options.accessSetsSizem() && rmp.isLarge(state, frame);
            return fault(sizem ? ExitReason.NPF_SIZE_MISMATCH : ExitReason.NPF_RMP_PRIVATE);
        }
        if ((access.needed() & ~rmp.masks().stale(state, rmp.entry(state, frame), vmpl)) == 0) {
            return frame;
        }
        if (!rmp.isValidated(state, frame) && guards.checks(SnpGuard.PRIVATE_PAGE_IS_VALIDATED)) {
            return PAGE_NOT_VALIDATED;
        }
        int lacking = access.needed() & ~rmp.permissions(state, frame, vmpl);
        return lacking != 0 && guards.checks(SnpGuard.PRIVATE_VMPL_IS_PERMITTED) ? fault(ExitReason.NPF_VMPL) : frame;
    }

    // ---- what PVALIDATE, RMPADJUST and RMPQUERY look at

    /** Whether {@code frame}, to which {@code page} is mapped, may be their operand: it is the guest's at that page. */
    public boolean isOperand(State state, int frame, int page) {
        return rmp.isGuests(state, frame, page) || !guards.checks(SnpGuard.OPERAND_FRAME_IS_GUESTS);
    }

    /** Whether an operand of 4K lies in a 2M page. */
    public boolean isInside2M(State state, int frame, Level size) {
        return size == Level.SIZE_4K && rmp.isLarge(state, frame) && guards.checks(SnpGuard.OPERAND_IS_NOT_INSIDE_2M);
    }

    /** Whether an operand of {@code size} begins where pages of that size do. */
    public boolean isAligned(int page, Level size) {
        return size == Level.SIZE_4K || (geometry.gpa(page) & Geometry.LARGE - 1) == 0;
    }

    /** INVLPGB of everything the guest has, and TLBSYNC. */
    void flush(State state) {
        for (int frame = 0; options.has(RmpFeature.UNTIL_FLUSH) && frame < geometry.frames(); frame++) {
            rmp.masks().flush(state, frame);
        }
    }

    // ---- VMRUN

    /**
     * VMRUN of {@code vcpu} from the VMSA page {@code frame}. The vCPU must be with the host.
     *
     * @return the ordinal of a {@link VmrunResult}
     */
    public long vmrun(State state, int vcpu, int frame) {
        VmrunResult refusal = vmsaRefusal(state, frame);
        if (refusal == VmrunResult.RESUMED) {
            rmp.vmsas().frame().set(state, vcpu, frame);
            exits.resume(state, vcpu);
            restore(state, vcpu);
        }
        return refusal.ordinal();
    }

    private VmrunResult vmsaRefusal(State state, int frame) {
        if (rmp.vmsas().isInUse(state, frame, 1) && guards.checks(SnpGuard.VMRUN_VMSA_IS_IDLE)) {
            return VmrunResult.VMSA_BUSY;
        }
        return rmp.isGuestsVmsa(state, frame) || !guards.checks(SnpGuard.VMRUN_VMSA_IS_VALID)
                ? VmrunResult.RESUMED
                : VmrunResult.VMEXIT_INVALID;
    }

    /** A vCPU that ran from a VMSA page runs from it again; {@link VmrunFromVmsa} tells what is wrong with the page. */
    @Override
    public boolean canRun(State state, int vcpu) {
        if (vcpu >= rmp.vmsas().vcpus()) {
            return true;
        }
        int frame = rmp.vmsas().frame().get(state, vcpu);
        return frame == FrameRef.NONE || vmsaRefusal(state, frame) == VmrunResult.RESUMED;
    }

    @Override
    public boolean resume(State state, int vcpu) {
        boolean runs = NestedGuest.super.resume(state, vcpu);
        if (runs) {
            restore(state, vcpu);
        }
        return runs;
    }

    @Override
    public boolean answer(State state, int vcpu, int code) {
        boolean runs = NestedGuest.super.answer(state, vcpu, code);
        if (runs) {
            restore(state, vcpu);
        }
        return runs;
    }

    private void restore(State state, int vcpu) {
        if (registers.isPresent()) {
            registers.get().restore(state, this, vcpu);
        }
    }

    // ---- exits

    /** {@code actor} leaves for the host. */
    public void leave(State state, int actor, Status status, ExitReason reason, int page) {
        exits.leave(state, actor, status, reason, page);
        if (registers.isPresent()) {
            registers.get().save(state, this, actor);
        }
    }

    /** Answers of accesses and instructions that are nested page faults; they are less than any other. */
    public static long fault(ExitReason reason) {
        return FAULT - reason.ordinal();
    }

    /** The reason of a nested page fault in an answer. */
    static ExitReason faultOf(long answer) {
        return REASONS[(int) (FAULT - answer)];
    }

    /** Passes {@code answer} on, unless it is a nested page fault: then {@code actor} leaves for the host. */
    public long leaveOnFault(State state, int actor, int page, long answer) {
        if (answer > FAULT) {
            return answer;
        }
        leave(state, actor, Status.EXITED, faultOf(answer), page);
        return Outcome.EXITS;
    }
}
