package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageRdmd;

/**
 * A host of a {@link SmallHost} that brings TDX up and then does something that shows whether it went well.
 *
 * @param then what follows a bring-up that succeeded
 * @param teardown how a TD ends, where one follows
 * @param reuse what the host does with the PAMTs' memory after one that failed
 */
public record TdxBringUp(SmallHost small, BringUpChoices choices, Injection injection, Then then,
        TdLife.Teardown teardown,
        Reuse reuse)
        implements
            Routine<Done> {

    /** What follows a bring-up that succeeded. */
    public enum Then {
        NOTHING,
        /** Each package's first page is looked up, for which the module reads PAMTs. */
        READ_PAMT,
        /** The root page of a TD is made on the last package. */
        MAKE_TDR,
        /** A TD is made and taken down again. */
        TD_LIFE
    }

    /** What the host does with memory that has come back. */
    public enum Reuse {
        NOTHING,
        /** It writes data of its own through the cache and reads it back, twice. */
        CACHED,
        /** The same, writing less than a line at a time past the cache. */
        PARTIAL
    }

    /**
     * What of it a case can choose: the choices of {@link BringUpChoices}, {@link Injection} and of how a TD ends.
     *
     * @param packages of the machine, as the platform is told too
     * @param pamtsOnFirst likewise
     * @param keys on which packages the global key is configured
     * @param fail the leaf function of which one call fails
     * @param failAt which of its calls, from 1
     * @param failWith the status
     * @param reclaimEarly whether the host tries to take a page back while the TD's key is still in use
     * @param cacheWb whether TDH.PHYMEM.CACHE.WB is called
     * @param cacheWbOnline whether packages without a processor online are passed over then
     * @param cacheWbResumes whether it is resumed where an interrupt has ended it
     * @param pageWbinvd whether TDH.PHYMEM.PAGE.WBINVD is called for the root page
     * @param next what becomes of a page that was a TD's
     */
    public record Options(
            int packages,
            boolean pamtsOnFirst,
            boolean flush,
            BringUpChoices.Retry entropy,
            BringUpChoices.Retry busy,
            BringUpChoices.Packages keys,
            boolean unwindFlush,
            BringUpChoices.FlushOn unwindFlushOn,
            BringUpChoices.Reset unwindReset,
            Call fail,
            int failAt,
            String failWith,
            Then then,
            boolean reclaimEarly,
            boolean cacheWb,
            boolean cacheWbOnline,
            boolean cacheWbResumes,
            boolean pageWbinvd,
            TdLife.Next next,
            Reuse reuse) {

        /** What Linux does on one package, and nothing fails. */
        public static Options standard() {
            BringUpChoices linux = BringUpChoices.linux();
            return new Options(
                    1,
                    false,
                    linux.flush(),
                    linux.entropy(),
                    linux.busy(),
                    linux.packages(),
                    linux.unwindFlush(),
                    linux.unwindFlushOn(),
                    linux.unwindReset(),
                    Call.NONE,
                    1,
                    "TDX_SYS_BUSY",
                    Then.READ_PAMT,
                    false,
                    true,
                    false,
                    true,
                    true,
                    TdLife.Next.HOST,
                    Reuse.NOTHING);
        }

        /** The routine on a machine of so many frames. */
        public TdxBringUp on(int frames) {
            long rax = fail == Call.NONE ? 0 : Completion.named(failWith).rax();
            return new TdxBringUp(
                    new SmallHost(packages, frames, pamtsOnFirst),
                    new BringUpChoices(flush, entropy, busy, keys, unwindFlush, unwindFlushOn, unwindReset),
                    new Injection(fail, failAt, rax),
                    then,
                    new TdLife.Teardown(reclaimEarly, cacheWb, cacheWbOnline, cacheWbResumes, pageWbinvd, next),
                    reuse);
        }
    }

    /** The KeyIDs of a small machine: one that is shared, three that are private. */
    public static final KeyIds KEY_IDS = new KeyIds(1, 3);

    /** The first private one. */
    public static final int GLOBAL_KEY_ID = 2;

    @Override
    public Done run(Cpu cpu) {
        Host host = new Host(0, small.packageOf(), small.pamtPackages(), GLOBAL_KEY_ID);
        BringUp bringUp = new BringUp(host, small.made(), choices, injection);
        TdxEnable.Returned returned = cpu.call(new TdxEnable(bringUp, TdxEnable.Status.UNINITIALIZED));
        if (returned.errno() != Errno.OK) {
            if (returned.unwinding().freed()) {
                reuse(cpu);
            }
            throw new Panic("module initialization failed (%s): TDX stays off until the next boot"
                    .formatted(returned.errno()));
        }
        switch (then) {
            case NOTHING -> {}
            case READ_PAMT -> {
                for (int i = 0; i < small.packages(); i++) {
                    cpu.ask(new Seamcall(0, new TdhPhymemPageRdmd(small.page(i, 0))));
                }
            }
            case MAKE_TDR ->
                cpu.ask(new Seamcall(0, new TdhMngCreate(small.page(small.packages() - 1, 0), GLOBAL_KEY_ID + 1)));
            case TD_LIFE -> cpu.call(new TdLife(small, teardown));
        }
        return Done.DONE;
    }

    private void reuse(Cpu cpu) {
        if (reuse == Reuse.NOTHING) {
            return;
        }
        UsePage.How how = reuse == Reuse.CACHED ? UsePage.How.CACHED : UsePage.How.PARTIAL;
        for (int i = 0; i < small.packages(); i++) {
            long page = small.pamtPage(i);
            cpu.ask(new UsePage(page, TdmrLimits.PAGE, how));
            cpu.ask(new ReadBackPage(page));
            cpu.ask(new ReadBackPage(page));
        }
    }
}
