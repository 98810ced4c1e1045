package org.ringfence.platform.life;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ringfence.checker.run.StraightCpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.host.MapShared;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.host.UnmapShared;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.mng.TdhMngAddcx;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyConfig;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyFreeid;
import org.ringfence.machine.tdx.module.mng.TdhMngVpflushdone;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageReclaim;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageWbinvd;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;
import org.ringfence.machine.tdx.seamcall.TdhMrFinalize;
import org.ringfence.machine.tdx.seamcall.TdhPhymemPageWbinvdOfTd;
import org.ringfence.machine.tdx.seamcall.TdhVpAddcx;
import org.ringfence.machine.tdx.seamcall.TdhVpCreate;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.seamcall.TdhVpFlush;
import org.ringfence.machine.tdx.seamcall.TdhVpInit;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdvps;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.stack.host.inventory.MemoryBlock;
import org.ringfence.stack.host.tdx.bringup.BringUp;
import org.ringfence.stack.host.tdx.bringup.BringUpChoices;
import org.ringfence.stack.host.tdx.bringup.Construction;
import org.ringfence.stack.host.tdx.bringup.Host;
import org.ringfence.stack.host.tdx.bringup.Injection;
import org.ringfence.stack.host.tdx.bringup.ResetMemory;
import org.ringfence.stack.host.tdx.bringup.TdmrConstruction;
import org.ringfence.stack.host.tdx.bringup.TdmrLimits;
import org.ringfence.stack.host.tdx.bringup.UsePage;

/**
 * A TD, its Linux guest and the KVM that runs it.
 *
 * <p>Sources: Linux, arch/x86/kvm/vmx/tdx.c (tdx_td_init, tdx_vcpu_init, tdx_sept_set_private_spte,
 * tdx_sept_remove_private_spte, tdx_mmu_release_hkid, tdx_reclaim_page), arch/x86/coco/tdx/tdx.c.
 */
final class TdxVm extends PlayedVm {
    private static final int KEY_ID = TdxLifeMachine.GLOBAL_KEY_ID + 1;

    private final Tdx tdx;
    private final TdxModule module;
    private int tdr = -1;
    private final TdxPages pages;
    private final ProtectedGuest guest = new TdxGuest(new KernelCpu(this));
    private boolean dropsFlush;
    private String withoutFlush = "";

    TdxVm(LifeOptions options, TdxLifeMachine machine, State state, LifeWatch watch) {
        super(options, machine.machine(), machine.frames(), hostOf(options).on(0), state, watch);
        this.tdx = this.machine.part(Tdx.class);
        this.module = this.machine.part(TdxModule.class);
        this.pages = new TdxPages(
                tdx,
                vcpus.stream().map(vcpu -> TdgMemPageAccept.any(this.machine, vcpu)).toList(),
                tdx.lp(host),
                options.backing() == BackingSize.LARGE,
                frames,
                watch);
    }

    @Override
    void happens() {
        pages.forget();
    }

    // ---- the host

    @Override
    public void prepare() {
        long bytes = module.map().geometry().frames() * PAGE;
        Construction made = TdmrConstruction.of(List.of(new MemoryBlock(0, bytes, 0)), TdmrLimits.tdx15());
        tdx.start(state);
        Host knows = new Host(host.index(), module.options().packageOf(), 1, TdxLifeMachine.GLOBAL_KEY_ID);
        BringUp.End end = StraightCpu.run(
                machine, state, host, new BringUp(knows, made, BringUpChoices.linux(), Injection.none()),
                (operation, code, marks) -> watch.performed(host.name(), operation, code, marks));
        if (!end.isReady() || !(made instanceof Construction.Constructed constructed)) {
            throw new IllegalStateException("TDX does not come up: " + end);
        }
        constructed.tdmrs().forEach(tdmr -> frames.leaveOut(
                (int) (tdmr.pamt().base() / PAGE), (int) Math.ceilDiv(tdmr.pamt().end(), PAGE)));
    }

    @Override
    public void launch(int first, int image) {
        tdr = frames.lendSmall();
        long root = module.map().hpa(tdr);
        must(new TdhMngCreate(root, KEY_ID));
        must(new TdhMngKeyConfig(root));
        for (int i = 0; i < Tdr.LEAST_TDCX; i++) {
            must(new TdhMngAddcx(module.map().hpa(frames.lendSmall()), root));
        }
        must(new TdhMngInit(0, TdParams.of(options.cpus())));
        for (int vcpu = 0; vcpu < options.cpus(); vcpu++) {
            must(new TdhVpCreate(0, vcpu, new Frame(frames.lendSmall())));
            for (int i = 1; i < Tdvps.LEAST_PAGES; i++) {
                must(new TdhVpAddcx(0, vcpu, new Frame(frames.lendSmall())));
            }
            must(host.on(vcpu), new TdhVpInit(0, vcpu));
        }
        int source = frames.takeSmall();
        for (int page = first; page < first + image; page++) {
            must(new UsePage(module.map().hpa(source), PAGE, UsePage.How.CACHED));
            addTables(page, 0);
            must(new TdhMemPageAdd(0, rcx(page, 0), new Frame(frames.lendSmall()), new Frame(source)));
            for (int part = 0; part < PAGE; part += TdhMrExtend.BYTES) {
                must(new TdhMrExtend(0, page * PAGE + part));
            }
        }
        frames.freeSmall(source);
        must(new TdhMrFinalize(0));
        for (int vcpu = 0; vcpu < options.cpus(); vcpu++) {
            must(host.on(vcpu), new TdhVpEnter(0, vcpu));
        }
    }

    private long rcx(int page, int level) {
        return SeptOperand.rcx(page * PAGE & -(PAGE << 9 * level), level);
    }

    private void addTables(int page, int level) {
        Sept sept = tdx.sept();
        for (int above = sept.options().kept() - 1; above > level; above--) {
            if (sept.state(state, page, above) == SeptState.FREE) {
                must(new TdhMemSeptAdd(0, rcx(page, above), new Frame(frames.lendSmall())));
            }
        }
    }

    /** Gives the TD a page, PENDING, of 2M where that was asked for and can be. */
    private void augment(int page, int wanted) {
        boolean large = wanted > 0
                && options.backing() == BackingSize.LARGE
                && tdx.sept().state(state, page, 1) == SeptState.FREE;
        int level = large ? 1 : 0;
        addTables(page, level);
        int frame = large ? frames.lendLarge() : frames.lendSmall();
        must(new TdhMemPageAug(0, rcx(page, level), new Frame(frame)));
    }

    /** TDH.VP.ENTER of the vCPU that has exited. */
    private void enter() {
        must(host.on(current), new TdhVpEnter(0, current));
    }

    /** Serves the vCPU that has left, and runs it again. */
    @Override
    void serve() {
        TdExitReason reason = tdx.vcpus().exitReason(state, current);
        watch.exited(reason);
        int page = reason.hasPage() ? tdx.vcpus().exitPage(state, current) : 0;
        switch (reason) {
            case ACCEPT_EPT_VIOLATION -> {
                augment(page, tdx.vcpus().requested().get(state, current));
                enter();
            }
            case EPT_VIOLATION -> {
                augment(page, 1);
                enter();
            }
            case MAP_GPA_SHARED, MAP_GPA_PRIVATE -> {
                int pages = tdx.vcpus().morePages().get(state, current) + 1;
                if (reason == TdExitReason.MAP_GPA_SHARED) {
                    makeShared(page, pages);
                } else {
                    makePrivate(page, pages);
                }
                must(host.on(current), new TdhVpEnterWithAnswer(0, current, MapGpaAnswer.SUCCESS, 0));
            }
            case PENDING_EPT_VIOLATION -> throw new GuestGone(
                    "the guest touched GPA 0x%X, which is pending: with SEPT_VE_DISABLE it leaves the TD, and the host cannot go on"
                            .formatted(page * PAGE));
            case MACHINE_CHECK ->
                throw new GuestGone("the guest consumed poison: a machine check, and the TD is fatal");
            case NONE, EXTERNAL_INTERRUPT, EXTERNAL_INTERRUPT_WHEN_FATAL, SHARED_EPT_VIOLATION, ATTR_WR_EPT_VIOLATION,
                    MAP_GPA_EMPTY, MAP_GPA_UNALIGNED ->
                throw new IllegalStateException("vCPU %d left for %s".formatted(current, reason));
        }
    }

    /** Takes private pages away and maps others shared. */
    private void makeShared(int first, int pages) {
        boolean whole = pages == SPAN && tdx.sept().state(state, first, 1).isLeaf();
        if (whole) {
            removeLarge(first);
        } else {
            removeSmall(first, pages);
        }
        int large = pages == SPAN ? frames.takeLarge() : -1;
        for (int i = 0; i < pages; i++) {
            int frame = large < 0 ? frames.takeSmall() : large + i;
            must(new MapShared(0, (first + i) * PAGE, new Frame(frame)));
        }
    }

    private void makePrivate(int first, int pages) {
        int large = pages == SPAN ? tdx.sharedFrame().get(state, first) : -1;
        for (int page = first; page < first + pages; page++) {
            int frame = tdx.sharedFrame().get(state, page);
            must(new UnmapShared(0, page * PAGE));
            if (large < 0) {
                frames.freeSmall(frame);
            }
        }
        if (large >= 0) {
            frames.freeLarge(large);
        }
    }

    /** KVM's order: TDH.MEM.RANGE.BLOCK, TDH.MEM.TRACK, and every vCPU out of the TD. */
    private void block(int page, int level) {
        must(new TdhMemRangeBlock(0, rcx(page, level)));
        track();
    }

    private void track() {
        must(new TdhMemTrack(0));
        for (int vcpu = 0; vcpu < options.cpus(); vcpu++) {
            if (tdx.vcpus().isInside(state, vcpu)) {
                take(host, new KickVcpu(0, vcpu));
                must(host.on(vcpu), new TdhVpEnter(0, vcpu));
            }
        }
    }

    private void demote(int page) {
        block(page, 1);
        int frame = tdx.sept().frame(state, page / SPAN * SPAN, 1);
        must(new TdhMemPageDemote(0, rcx(page, 1), new Frame(frames.lendSmall())));
        frames.split(frame);
    }

    /** Takes those of the pages away that are there; their blocks share one TDH.MEM.TRACK. */
    private void removeSmall(int first, int pages) {
        if (tdx.sept().state(state, first, 1).isLeaf()) {
            demote(first);
        }
        if (tdx.sept().reached(state, first, 0) != 0) {
            return;
        }
        for (int page = first; page < first + pages; page++) {
            if (tdx.sept().state(state, page, 0).isLeaf()) {
                must(new TdhMemRangeBlock(0, rcx(page, 0)));
            }
        }
        if (dropsFlush) {
            TdhMemPageRemove early = new TdhMemPageRemove(0, rcx(first, 0));
            withoutFlush = early.results().print(take(host, early));
        }
        track();
        for (int page = first; page < first + pages; page++) {
            if (tdx.sept().state(state, page, 0).isLeaf()) {
                int frame = tdx.sept().frame(state, page, 0);
                must(new TdhMemPageRemove(0, rcx(page, 0)));
                cleanse(frame, 1);
                frames.back(frame);
                frames.freeSmall(frame);
            }
        }
    }

    private void removeLarge(int page) {
        block(page, 1);
        int frame = tdx.sept().frame(state, page, 1);
        must(new TdhMemPageRemove(0, rcx(page, 1)));
        cleanse(frame, SPAN);
        frames.backLarge(frame);
        frames.freeLarge(frame);
    }

    /** What was the TD's is written back, and overwritten before the host uses it. */
    private void cleanse(int frame, int count) {
        for (int i = 0; i < count; i++) {
            must(new TdhPhymemPageWbinvdOfTd(0, new Frame(frame + i)));
        }
        must(new ResetMemory(module.map().hpa(frame), count * PAGE));
    }

    @Override
    public void shutDown() {
        if (tdr < 0) {
            return;
        }
        for (int vcpu = 0; vcpu < options.cpus(); vcpu++) {
            if (tdx.vcpus().isInside(state, vcpu)) {
                take(host, new KickVcpu(0, vcpu));
            }
            must(host.on(vcpu), new TdhVpFlush(0, vcpu));
        }
        long root = module.map().hpa(tdr);
        must(new TdhMngVpflushdone(root));
        must(new TdhPhymemCacheWb(0));
        must(new TdhMngKeyFreeid(root));
    }

    @Override
    public void reclaim() {
        int all = module.map().geometry().frames();
        for (int frame = 0; frame < all; frame += SPAN) {
            if (frames.isLentLarge(frame)) {
                must(new TdhPhymemPageReclaim(module.map().hpa(frame)));
                must(new ResetMemory(module.map().hpa(frame), SPAN * PAGE));
                frames.backLarge(frame);
            } else if (frames.isAnyLent(frame)) {
                reclaimSmall(frame);
            }
        }
        long root = module.map().hpa(tdr);
        must(new TdhPhymemPageReclaim(root));
        must(new TdhPhymemPageWbinvd(module.options().tag(root, TdxLifeMachine.GLOBAL_KEY_ID)));
        must(new ResetMemory(root, PAGE));
        frames.back(tdr);
    }

    private void reclaimSmall(int first) {
        for (int frame = first; frame < first + SPAN; frame++) {
            if (frames.isLent(frame) && frame != tdr) {
                must(new TdhPhymemPageReclaim(module.map().hpa(frame)));
                must(new ResetMemory(module.map().hpa(frame), PAGE));
                frames.back(frame);
            }
        }
    }

    @Override
    public long leaked() {
        long leaked = 0;
        int all = module.map().geometry().frames();
        for (int frame = 0; frame < all; frame++) {
            PageSize size = module.pamt().size(state, frame);
            PageType type = module.pamt().type(state, frame, size);
            boolean isHosts = type == PageType.PT_RSVD
                    || type == PageType.PT_NDA && !tdx.memory().isOwned(state, frame, 0) && !frames.isLent(frame);
            leaked += isHosts ? 0 : 1;
            if (frame % (1 << 20) == 0) {
                watch.look();
            }
        }
        return leaked;
    }

    @Override
    public Map<String, Long> pages() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        Sept sept = tdx.sept();
        int all = tdx.geometry().pages();
        for (int first = 0; first < all; first += SPAN) {
            SeptState whole = sept.state(state, first, 1);
            if (whole != SeptState.NL_MAPPED && !tdxShares(first)) {
                bytes.merge(whole + " 2M", SPAN * PAGE, Long::sum);
            } else {
                for (int page = first; page < first + SPAN; page++) {
                    SeptState small = whole == SeptState.NL_MAPPED ? sept.state(state, page, 0) : whole;
                    bytes.merge(tdxShares(page) ? "shared" : small + " 4K", PAGE, Long::sum);
                }
            }
            if (first % (1 << 20) == 0) {
                watch.look();
            }
        }
        return bytes;
    }

    private boolean tdxShares(int page) {
        return tdx.sharedFrame().get(state, page) >= 0;
    }

    // ---- the guest

    @Override
    public ProtectedGuest guest() {
        return guest;
    }

    @Override
    public long guest(Operation<?> operation) {
        boolean often = operation instanceof TdgMemPageAccept accept
                && !watch.logs()
                && SeptOperand.isValid(accept.rcx(), 0, 1);
        return often ? accept(((TdgMemPageAccept) operation).rcx()) : super.guest(operation);
    }

    /** TDG.MEM.PAGE.ACCEPT without a new step for each page. */
    private long accept(long rcx) {
        int page = (int) (SeptOperand.gpa(rcx) / PAGE);
        int level = SeptOperand.level(rcx);
        long outcome = pages.accept(state, current, page, level);
        while (outcome < 0) {
            giveWay(outcome);
            outcome = pages.accept(state, current, page, level);
        }
        return outcome;
    }

    // ---- misbehaviour

    @Override
    public LifeRun.Outcome misbehave(Misdeed misdeed, int page) {
        return switch (misdeed) {
            case PUNCH -> {
                removeSmall(page, 1);
                yield ends("took away the page at GPA 0x%X that the guest uses".formatted(page * PAGE), page);
            }
            case REMAP -> remap(page);
            case REPLAY -> {
                int frame = tdx.sept().frame(state, page, tdx.sept().reached(state, page, 0));
                must(new StoreUnderKeyId0(new Frame(frame)));
                yield ends("wrote over the page at GPA 0x%X, under KeyID 0".formatted(page * PAGE), page);
            }
            case DROP_FLUSH -> dropFlush(page);
        };
    }

    private LifeRun.Outcome remap(int page) {
        int other = frames.takeSmall();
        TdhMemPageAug put = new TdhMemPageAug(0, rcx(page, 0), new Frame(other));
        long refused = take(host, put);
        if (refused == 0) {
            frames.lend(other);
            return new LifeRun.Outcome("put another frame at GPA 0x%X".formatted(page * PAGE), "it is there", false);
        }
        frames.freeSmall(other);
        removeSmall(page, 1);
        augment(page, 0);
        return ends(
                "put another frame at GPA 0x%X, which ended with %s; then it took the page away and put another there"
                        .formatted(page * PAGE, put.results().print(refused)),
                page);
    }

    private LifeRun.Outcome dropFlush(int page) {
        dropsFlush = true;
        guest.share(page, 1);
        guest.unshare(page, 1);
        dropsFlush = false;
        return new LifeRun.Outcome(
                "removed the page at GPA 0x%X, which the guest shares, without TDH.MEM.TRACK".formatted(page * PAGE),
                "TDH.MEM.PAGE.REMOVE ended with %s; with TDH.MEM.TRACK it went on".formatted(withoutFlush),
                withoutFlush.startsWith("TDX_TLB_TRACKING_NOT_DONE"));
    }
}
