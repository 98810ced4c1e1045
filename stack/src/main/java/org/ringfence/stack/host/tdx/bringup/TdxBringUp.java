package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageRdmd;
import org.ringfence.machine.vocabulary.Meaning;

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
        @Meaning("Nothing.")
        NOTHING,
        @Meaning("Each package's first page is looked up, for which the module reads PAMTs.")
        READ_PAMT,
        @Meaning("The root page of a TD is made on the last package.")
        MAKE_TDR,
        @Meaning("A TD is made and taken down again.")
        TD_LIFE
    }

    /** What the host does with memory that has come back. */
    public enum Reuse {
        @Meaning("Nothing.")
        NOTHING,
        @Meaning("It writes data of its own through the cache and reads it back, twice.")
        CACHED,
        @Meaning("The same, writing less than a line at a time past the cache.")
        PARTIAL
    }

    /** What of it a case can choose: the choices of {@link BringUpChoices}, {@link Injection} and of how a TD ends. */
    public record Options(
            @Meaning("packages of the machine, as the platform is told too") int packages,
            @Meaning("whether the PAMTs of all packages lie in the memory of the first, as the platform is told too") boolean pamtsOnFirst,
            @Meaning("whether all processors do WBINVD before the global key is configured") boolean flush,
            @Meaning("what is done about a key that could not be generated, for want of entropy") BringUpChoices.Retry entropy,
            @Meaning("what is done about TDX_SYS_BUSY") BringUpChoices.Retry busy,
            @Meaning("on which packages the global key is configured") BringUpChoices.Packages keys,
            @Meaning("whether processors do WBINVD before the PAMTs' memory goes back") boolean unwindFlush,
            @Meaning("which processors do that") BringUpChoices.FlushOn unwindFlushOn,
            @Meaning("whether the PAMTs' memory is overwritten by MOVDIR64B before it goes back") BringUpChoices.Reset unwindReset,
            @Meaning("the leaf function of which one call fails") Call fail,
            @Meaning("which call of that leaf function fails, from 1") int failAt,
            @Meaning("the status with which it fails") String failWith,
            @Meaning("what follows a bring-up that succeeded") Then then,
            @Meaning("whether the host tries to take a page back while the TD's key is still in use") boolean reclaimEarly,
            @Meaning("whether TDH.PHYMEM.CACHE.WB is called") boolean cacheWb,
            @Meaning("whether packages without a processor online are passed over then") boolean cacheWbOnline,
            @Meaning("whether it is resumed where an interrupt has ended it") boolean cacheWbResumes,
            @Meaning("whether TDH.PHYMEM.PAGE.WBINVD is called for the root page") boolean pageWbinvd,
            @Meaning("what becomes of a page that was a TD's") TdLife.Next next,
            @Meaning("what the host does with memory that has come back") Reuse reuse) {

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
        if (returned.errno() != BringUpErrno.OK) {
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
