package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.module.mng.TdhMngAddcx;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyConfig;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyFreeid;
import org.ringfence.machine.tdx.module.mng.TdhMngVpflushdone;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageReclaim;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageWbinvd;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * The shortest life of a TD that has a key: its root page and one page of TDCS are given to the module on package 0,
 * and taken back as KVM does, whereupon the host uses both pages again. Pages whose reclaim fails are left alone for
 * good.
 *
 * <p>KVM's order: TDH.MNG.VPFLUSHDONE, TDH.PHYMEM.CACHE.WB on each package, TDH.MNG.KEY.FREEID, TDH.PHYMEM.PAGE.RECLAIM
 * of the children, then of the root page, TDH.PHYMEM.PAGE.WBINVD of the root page under the global KeyID, which the
 * module has kept touching. Source: Linux, arch/x86/kvm/vmx/tdx.c (tdx_mmu_release_hkid, tdx_reclaim_td_control_pages).
 */
public record TdLife(SmallHost small, Teardown teardown) implements Routine<Done> {
    private static final int KEY_ID = TdxBringUp.GLOBAL_KEY_ID + 1;
    private static final int NEXT_KEY_ID = KEY_ID + 1;

    /**
     * How a TD ends.
     *
     * @param early whether the host tries to take the page of TDCS back while the TD's key is still in use
     * @param cacheWb whether TDH.PHYMEM.CACHE.WB is called
     * @param wbinvd whether TDH.PHYMEM.PAGE.WBINVD is called for the root page
     * @param next what becomes of the page of TDCS
     */
    public record Teardown(boolean early, boolean cacheWb, boolean wbinvd, Next next) {}

    /** What becomes of a page that was a TD's. */
    public enum Next {
        @Meaning("The host uses it.")
        HOST,
        @Meaning("Another TD gets it, under another KeyID.")
        ANOTHER_TD
    }

    @Override
    public Done run(Cpu cpu) {
        long tdr = small.page(0, 0);
        long child = small.page(0, 1);
        if (!make(cpu, tdr, child, KEY_ID)) {
            return Done.DONE;
        }
        if (teardown.early() && succeeds(cpu, 0, new TdhPhymemPageReclaim(child))) {
            use(cpu, child);
            return Done.DONE;
        }
        if (!succeeds(cpu, 0, new TdhMngVpflushdone(tdr))) {
            return Done.DONE;
        }
        if (teardown.cacheWb()) {
            for (int i = 0; i < small.packages(); i++) {
                cpu.ask(new Seamcall(i, new TdhPhymemCacheWb(0)));
            }
        }
        boolean gone = succeeds(cpu, 0, new TdhMngKeyFreeid(tdr))
                && succeeds(cpu, 0, new TdhPhymemPageReclaim(child))
                && succeeds(cpu, 0, new TdhPhymemPageReclaim(tdr));
        if (!gone) {
            return Done.DONE;
        }
        if (teardown.wbinvd()) {
            cpu.ask(new Seamcall(0, new TdhPhymemPageWbinvd(small.tagged(tdr, TdxBringUp.GLOBAL_KEY_ID))));
        }
        switch (teardown.next()) {
            case HOST -> {
                use(cpu, tdr);
                use(cpu, child);
            }
            case ANOTHER_TD -> make(cpu, tdr, child, NEXT_KEY_ID);
        }
        return Done.DONE;
    }

    private boolean make(Cpu cpu, long tdr, long child, int keyId) {
        if (!succeeds(cpu, 0, new TdhMngCreate(tdr, keyId))) {
            return false;
        }
        for (int i = 0; i < small.packages(); i++) {
            if (!succeeds(cpu, i, new TdhMngKeyConfig(tdr))) {
                return false;
            }
        }
        return succeeds(cpu, 0, new TdhMngAddcx(child, tdr));
    }

    private static boolean succeeds(Cpu cpu, int on, ModuleCall<?> call) {
        return cpu.ask(new Seamcall(on, call)).isSuccess();
    }

    /** The host writes data of its own and looks twice whether it is still there. */
    private static void use(Cpu cpu, long page) {
        cpu.ask(new UsePage(page, TdmrLimits.PAGE, UsePage.How.CACHED));
        cpu.ask(new ReadBackPage(page));
        cpu.ask(new ReadBackPage(page));
    }
}
