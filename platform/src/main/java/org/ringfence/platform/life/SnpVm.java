package org.ringfence.platform.life;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.NestedPageTable;
import org.ringfence.machine.sev.SplitNestedPage;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.sev.Wbinvd;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.firmware.ConfigureSnp;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfGuest.GuestCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/**
 * An SEV-SNP guest and the KVM that runs it. KVM maps a private page when the guest's PVALIDATE or access does not find
 * it.
 *
 * <p>Sources: Linux, arch/x86/kvm/svm/sev.c (snp_launch_start, snp_launch_update_vmsa, sev_gmem_prepare,
 * sev_handle_rmp_fault, sev_gmem_invalidate, sev_vm_destroy).
 */
final class SnpVm extends PlayedVm {
    private static final int ASID = RmpOptions.FIRST_ASID;

    private final Snp snp;
    private final ReverseMapTable rmp;
    private final NestedPageTable npt;
    private final int all;
    private final ProtectedGuest guest = new SnpGuest(new KernelCpu(this));
    /** 2M of guest memory that the host maps in 4K pages. */
    private final BitSet mixed = new BitSet();
    /** Pages that are shared. */
    private final BitSet shared = new BitSet();
    private int context = -1;
    private boolean dropsFlush;
    private Optional<LifeRun.Outcome> found = Optional.empty();

    SnpVm(LifeOptions options, SnpLifeMachine machine, State state, LifeWatch watch) {
        super(options, machine.machine(), machine.frames(), hostOf(options), state, watch);
        this.snp = this.machine.part(Snp.class);
        this.rmp = snp.rmp();
        this.npt = snp.npt();
        this.all = machine.frames();
    }

    // ---- performing

    @Override
    long attempt(Operation<?> operation) {
        return operation instanceof PageStateChange && isAnswered()
                ? machine.part(Cpus.class).takeAnswer(state, current)
                : super.attempt(operation);
    }

    private boolean isAnswered() {
        return machine.part(Cpus.class).status().is(state, current, Cpus.Status.ANSWERED);
    }

    // ---- the host

    @Override
    public void prepare() {
        must(new ConfigureSnp(true, false));
        must(new SnpCommand.OfPlatform(PlatformCommand.SNP_INIT));
        must(new Wbinvd(0));
        must(new SnpCommand.OfPlatform(PlatformCommand.SNP_DF_FLUSH));
    }

    private int makeContext() {
        int frame = frames.lendSmall();
        must(new Rmpupdate(new Frame(frame), true, 0, Level.SIZE_4K, 0, true));
        must(new SnpCommand.OfGuest(GuestCommand.SNP_GCTX_CREATE, new Frame(frame)));
        must(new SnpCommand.LaunchStart(new Frame(frame), SnpCommand.LaunchStart.LEAST_POLICY));
        return frame;
    }

    private void endContext(int frame) {
        must(new SnpCommand.PageReclaim(new Frame(frame), Level.SIZE_4K));
        must(Rmpupdate.release(new Frame(frame), Level.SIZE_4K));
        frames.back(frame);
    }

    @Override
    public void launch(int first, int image) {
        for (int vcpu = 0; vcpu < options.cpus(); vcpu++) {
            machine.part(Cpus.class).status().set(state, vcpu, Cpus.Status.EXITED);
        }
        context = makeContext();
        must(new SnpCommand.Activate(new Frame(context), ASID));
        mixed.set(first / SPAN);
        for (int page = first; page < first + image; page++) {
            Frame frame = new Frame(frames.lendSmall());
            must(new HostStore(frame, Value.HOST));
            must(new Rmpupdate(frame, true, page * PAGE, Level.SIZE_4K, ASID, true));
            must(new MapNestedPage(page * PAGE, frame, Level.SIZE_4K));
            must(new SnpCommand.LaunchUpdate(
                    new Frame(context), frame, Level.SIZE_4K, SnpFirmware.PageType.NORMAL, Permissions.NONE));
        }
        must(new SnpCommand.OfGuest(GuestCommand.SNP_LAUNCH_FINISH, new Frame(context)));
        for (int vcpu = 0; vcpu < options.cpus(); vcpu++) {
            must(new Vmrun(vcpu));
        }
    }

    @Override
    void serve() {
        ExitReason reason = snp.exits().reason().get(state, current);
        int page = snp.exits().page().get(state, current);
        watch.exited(reason);
        switch (reason) {
            case NPF_NOT_PRESENT_PRIVATE -> {
                map(page);
                must(new Vmrun(current));
            }
            case NPF_SIZE_MISMATCH -> {
                smash(page);
                must(new Vmrun(current));
            }
            case PSC_PRIVATE_4K, PSC_PRIVATE_2M -> {
                makePrivate(page, reason == ExitReason.PSC_PRIVATE_2M ? SPAN : 1);
                must(new AnswerVmgexit(current, AnswerVmgexit.OK));
            }
            case PSC_SHARED_4K, PSC_SHARED_2M -> {
                makeShared(page, reason == ExitReason.PSC_SHARED_2M ? SPAN : 1);
                must(new AnswerVmgexit(current, AnswerVmgexit.OK));
            }
            case NPF_RMP_PRIVATE, NPF_VMPL -> throw new GuestGone(
                    "the guest left at GPA 0x%X with a nested page fault, %s: the RMP does not have that frame there"
                            .formatted(page * PAGE, reason));
            case NONE, NPF_NOT_PRESENT_SHARED, NPF_RMP_SHARED, PSC_BUFFER ->
                throw new IllegalStateException("vCPU %d left for %s".formatted(current, reason));
        }
    }

    /** Gives the guest a private page, of 2M where none of that is mapped otherwise. */
    private void map(int page) {
        int head = page / SPAN * SPAN;
        if (options.backing() == BackingSize.LARGE && !mixed.get(head / SPAN)) {
            Frame frame = new Frame(frames.lendLarge());
            must(Rmpupdate.assign(frame, head * PAGE, Level.SIZE_2M, ASID));
            must(new MapNestedPage(head * PAGE, frame, Level.SIZE_2M));
        } else {
            Frame frame = new Frame(frames.lendSmall());
            must(Rmpupdate.assign(frame, page * PAGE, Level.SIZE_4K, ASID));
            must(new MapNestedPage(page * PAGE, frame, Level.SIZE_4K));
        }
    }

    /** Makes 4K pages of a 2M one, in the RMP and in the nested page table. */
    private void smash(int page) {
        int head = page / SPAN * SPAN;
        if (npt.isLarge(state, head)) {
            int frame = npt.lookup(state, head);
            must(new Psmash(new Frame(frame)));
            must(new SplitNestedPage(head * PAGE));
            frames.split(frame);
        }
        mixed.set(head / SPAN);
    }

    private void makePrivate(int first, int pages) {
        boolean whole = pages == SPAN && npt.isLarge(state, first) && shared.get(first);
        if (whole) {
            frames.freeLarge(npt.lookup(state, first));
            must(new UnmapNestedPage(first * PAGE));
        } else {
            for (int page = first; page < first + pages; page++) {
                if (shared.get(page)) {
                    frames.freeSmall(npt.lookup(state, page));
                    must(new UnmapNestedPage(page * PAGE));
                }
            }
        }
        shared.clear(first, first + pages);
    }

    private void makeShared(int first, int pages) {
        if (pages == SPAN && npt.isLarge(state, first)) {
            takeLarge(first);
        } else {
            for (int page = first; page < first + pages; page++) {
                takeSmall(page);
            }
        }
        if (pages == SPAN && !mixed.get(first / SPAN)) {
            must(new MapNestedPage(first * PAGE, new Frame(frames.takeLarge()), Level.SIZE_2M));
        } else {
            mixed.set(first / SPAN);
            for (int page = first; page < first + pages; page++) {
                must(new MapNestedPage(page * PAGE, new Frame(frames.takeSmall()), Level.SIZE_4K));
            }
        }
        shared.set(first, first + pages);
    }

    private void takeLarge(int first) {
        int frame = npt.lookup(state, first);
        must(Rmpupdate.release(new Frame(frame), Level.SIZE_2M));
        must(new UnmapNestedPage(first * PAGE));
        frames.backLarge(frame);
        frames.freeLarge(frame);
    }

    private void takeSmall(int page) {
        smash(page);
        int frame = npt.lookup(state, page);
        if (frame >= 0 && !shared.get(page)) {
            must(Rmpupdate.release(new Frame(frame), Level.SIZE_4K));
            must(new UnmapNestedPage(page * PAGE));
            frames.back(frame);
            frames.freeSmall(frame);
        }
    }

    @Override
    public void shutDown() {
        if (context < 0) {
            return;
        }
        must(new SnpCommand.OfGuest(GuestCommand.SNP_DECOMMISSION, new Frame(context)));
        if (!dropsFlush) {
            flush();
        }
    }

    private void flush() {
        must(new Wbinvd(0));
        must(new SnpCommand.OfPlatform(PlatformCommand.SNP_DF_FLUSH));
    }

    @Override
    public void reclaim() {
        if (context < 0) {
            return;
        }
        endContext(context);
        for (int first = 0; first < all; first += SPAN) {
            if (frames.isLentLarge(first)) {
                must(Rmpupdate.release(new Frame(first), Level.SIZE_2M));
                frames.backLarge(first);
            } else if (frames.isAnyLent(first)) {
                for (int frame = first; frame < first + SPAN; frame++) {
                    if (frames.isLent(frame)) {
                        must(Rmpupdate.release(new Frame(frame), Level.SIZE_4K));
                        frames.back(frame);
                    }
                }
            }
        }
        if (dropsFlush) {
            reuseAsid();
        }
    }

    /** The host gives the ASID to another guest before SNP_DF_FLUSH. */
    private void reuseAsid() {
        int other = makeContext();
        SnpCommand.Activate early = new SnpCommand.Activate(new Frame(other), ASID);
        String result = early.results().print(take(host, early));
        found = Optional.of(new LifeRun.Outcome(
                "gave the ASID to another guest without WBINVD and SNP_DF_FLUSH",
                "SNP_ACTIVATE ended with " + result,
                result.startsWith("DF_FLUSH_REQUIRED")));
        must(new SnpCommand.OfGuest(GuestCommand.SNP_DECOMMISSION, new Frame(other)));
        endContext(other);
        flush();
    }

    @Override
    public long leaked() {
        long leaked = 0;
        for (int frame = 0; frame < all; frame++) {
            leaked += rmp.isAssigned(state, frame) || frames.isLent(frame) ? 1 : 0;
            if (frame % (1 << 20) == 0) {
                watch.look();
            }
        }
        return leaked;
    }

    @Override
    public Map<String, Long> pages() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        int pages = snp.geometry().pages();
        for (int first = 0; first < pages; first += SPAN) {
            if (npt.isLarge(state, first) && !shared.get(first)) {
                boolean valid = rmp.isValidated(state, npt.lookup(state, first));
                bytes.merge((valid ? "validated" : "assigned") + " 2M", SPAN * PAGE, Long::sum);
            } else {
                for (int page = first; page < first + SPAN; page++) {
                    bytes.merge(small(page), PAGE, Long::sum);
                }
            }
            if (first % (1 << 20) == 0) {
                watch.look();
            }
        }
        return bytes;
    }

    private String small(int page) {
        if (shared.get(page)) {
            return "shared";
        }
        int frame = npt.lookup(state, page);
        if (frame < 0) {
            return "not mapped";
        }
        return rmp.isValidated(state, frame) ? "validated 4K" : "assigned 4K";
    }

    // ---- the guest

    @Override
    public ProtectedGuest guest() {
        return guest;
    }

    // ---- misbehaviour

    @Override
    public Optional<LifeRun.Outcome> found() {
        return found;
    }

    @Override
    public LifeRun.Outcome misbehave(Misdeed misdeed, int page) {
        return switch (misdeed) {
            case PUNCH -> {
                takeSmall(page);
                yield ends("took away the page at GPA 0x%X that the guest uses".formatted(page * PAGE), page);
            }
            case REMAP -> {
                smash(page);
                int own = npt.lookup(state, page);
                Frame other = new Frame(frames.lendSmall());
                must(Rmpupdate.assign(other, (page ^ 1) * PAGE, Level.SIZE_4K, ASID));
                must(new MapNestedPage(page * PAGE, other, Level.SIZE_4K));
                LifeRun.Outcome outcome = ends(
                        "mapped GPA 0x%X to a frame that the RMP has at another page".formatted(page * PAGE), page);
                must(new MapNestedPage(page * PAGE, new Frame(own), Level.SIZE_4K));
                yield outcome;
            }
            case REPLAY -> replay(page);
            case DROP_FLUSH -> {
                dropsFlush = true;
                yield new LifeRun.Outcome("will give the ASID to another guest without a flush", "not yet", false);
            }
        };
    }

    /** A store to the frame faults; so the host takes the frame back to write to it, and assigns it again. */
    private LifeRun.Outcome replay(int page) {
        smash(page);
        Frame frame = new Frame(npt.lookup(state, page));
        HostStore write = new HostStore(frame, Value.HOST);
        String refused = write.results().print(take(new Actor(-1, Principal.HOST, "host"), write));
        must(Rmpupdate.release(frame, Level.SIZE_4K));
        must(write);
        must(Rmpupdate.assign(frame, page * PAGE, Level.SIZE_4K, ASID));
        return ends(
                "wrote over the page at GPA 0x%X, which ended with %s; then took the frame back, wrote and assigned it again"
                        .formatted(page * PAGE, refused),
                page);
    }
}
