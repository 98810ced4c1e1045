package org.ringfence.stack.host.tdx.pamt;

import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.TdmrLayout;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyFreeid;
import org.ringfence.machine.tdx.module.mng.TdhMngVpflushdone;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageReclaim;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtAdd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtRemove;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.tdx.bringup.Seamcall;
import org.ringfence.stack.host.tdx.pamt.PamtCount.Answer;
import org.ringfence.stack.host.tdx.pamt.PamtCount.OnCount;
import org.ringfence.stack.host.tdx.pamt.PamtCount.What;

/**
 * A thread of a host that gives the module a page of 4K and gets it back, as often as {@code lives} says: the root page
 * of a TD that gets no key and nothing else. The pages of all threads lie in one 2M, so that they share a pair of PAMT
 * pages. Source: Linux, patches "TDX: Enable Dynamic PAMT" (tdx_pamt_get, tdx_pamt_put).
 */
public record UsePagesWithPamt(
        @Meaning("the logical CPU, which also tells the page and the KeyID") int cpu,
        @Meaning("packages of the machine, each with one logical CPU") int packages,
        @Meaning("how often, 1 or 2") int lives,
        @Meaning("how it learns whether a pair is there, and whether another thread still needs it") Counting counting,
        @Meaning("whether tdx_pamt_put looks at the count again under the lock") boolean rechecks,
        @Meaning("which statuses of a lost race it knows") Expects expects)
        implements
            Routine<Done> {

    private static final long FIRST = PageSize.PT_1GB.bytes();
    private static final int FIRST_KEY_ID = 3;
    private static final int PAMT_OF_FIRST = 4;

    /** How a thread deals with the pair. */
    public enum Counting {
        @Meaning("It adds none.")
        NO_PAMT,
        @Meaning("It adds one where none is, and removes it, whoever else needs it, without a look at the status.")
        ALONE,
        @Meaning("It counts its users.")
        COUNTED
    }

    /** Statuses of a lost race that are no failure. */
    public enum Expects {
        @Meaning("None.")
        NONE,
        @Meaning("TDX_HPA_RANGE_NOT_FREE: a thread that is about to remove the pair has not done so.")
        PAIR_THERE,
        @Meaning("That, and TDX_NO_PAMT_PAGE_PAIR: another thread that has come to a count of 0 has removed the pair.")
        PAIR_THERE_OR_GONE
    }

    public UsePagesWithPamt {
        if (lives < 1 || lives > 2) {
            throw new IllegalArgumentException("lives is %d; allowed are 1 and 2".formatted(lives));
        }
        if (cpu < 0 || cpu >= packages) {
            throw new IllegalArgumentException("cpu is %d; allowed are 0 to %d".formatted(cpu, packages - 1));
        }
    }

    /** One thread that counts as Linux does. */
    public static UsePagesWithPamt standard() {
        return new UsePagesWithPamt(0, 1, 1, Counting.COUNTED, true, Expects.PAIR_THERE_OR_GONE);
    }

    @Override
    public Done run(Cpu cpu) {
        for (int life = 0; life < lives; life++) {
            boolean isMine = get(cpu);
            use(cpu);
            put(cpu, isMine);
        }
        return Done.DONE;
    }

    private long page(int number) {
        return FIRST + number * PageSize.PT_4KB.bytes();
    }

    private int pamt(int number) {
        return PAMT_OF_FIRST + 2 * cpu + number;
    }

    private long call(Cpu asking, int on, ModuleCall<?> call) {
        return asking.ask(new Seamcall(on, call)).rax();
    }

    private static Answer count(Cpu cpu, What what) {
        return cpu.ask(new OnCount(what));
    }

    private static boolean is(long rax, TdxStatus status) {
        return TdxStatus.of(rax).filter(status::equals).isPresent();
    }

    /** Whether the pair is the thread's own. */
    private boolean get(Cpu cpu) {
        return switch (counting) {
            case NO_PAMT -> false;
            case ALONE -> add(cpu) == 0;
            case COUNTED -> getCounted(cpu);
        };
    }

    private long add(Cpu asking) {
        return call(asking, cpu, TdhPhymemPamtAdd.of(FIRST, page(pamt(0)), page(pamt(1))));
    }

    /** tdx_pamt_get. */
    private boolean getCounted(Cpu cpu) {
        if (count(cpu, What.ATOMIC_INC_NOT_ZERO) == Answer.NOT_ZERO) {
            return false;
        }
        count(cpu, What.SPIN_LOCK);
        if (count(cpu, What.ATOMIC_READ) == Answer.NOT_ZERO) {
            count(cpu, What.ATOMIC_INC);
            count(cpu, What.SPIN_UNLOCK);
            return false;
        }
        long rax = add(cpu);
        if (rax != 0 && !(expects != Expects.NONE && is(rax, TdxStatus.TDX_HPA_RANGE_NOT_FREE))) {
            throw new Panic("tdx_pamt_get fails: -EIO");
        }
        count(cpu, What.ATOMIC_SET_1);
        count(cpu, What.SPIN_UNLOCK);
        return rax == 0;
    }

    private void use(Cpu asking) {
        long tdr = page(cpu);
        require(call(asking, cpu, new TdhMngCreate(tdr, FIRST_KEY_ID + cpu)));
        require(call(asking, cpu, new TdhMngVpflushdone(tdr)));
        for (int on = 0; on < packages; on++) {
            call(asking, on, new TdhPhymemCacheWb(0));
        }
        require(call(asking, cpu, new TdhMngKeyFreeid(tdr)));
        require(call(asking, cpu, new TdhPhymemPageReclaim(tdr)));
    }

    private static void require(long rax) {
        if (rax != 0) {
            throw new Panic("the TD cannot be made or ended: -EIO");
        }
    }

    private void put(Cpu asking, boolean isMine) {
        switch (counting) {
            case NO_PAMT -> {}
            case ALONE -> {
                if (isMine) {
                    call(asking, cpu, TdhPhymemPamtRemove.of(FIRST));
                    reuse(asking);
                }
            }
            case COUNTED -> putCounted(asking);
        }
    }

    /** tdx_pamt_put. Pages that it gets back are no concern here. */
    private void putCounted(Cpu asking) {
        if (count(asking, What.ATOMIC_DEC_AND_TEST) == Answer.NOT_ZERO) {
            return;
        }
        count(asking, What.SPIN_LOCK);
        if (!rechecks || count(asking, What.ATOMIC_READ) == Answer.ZERO) {
            long rax = call(asking, cpu, TdhPhymemPamtRemove.of(FIRST));
            boolean isGone = expects == Expects.PAIR_THERE_OR_GONE && is(rax, TdxStatus.TDX_NO_PAMT_PAGE_PAIR);
            if (rax != 0 && !isGone) {
                count(asking, What.ATOMIC_INC);
            }
        }
        count(asking, What.SPIN_UNLOCK);
    }

    /** The host uses the pages for data of its own. */
    private void reuse(Cpu cpu) {
        for (int number = 0; number < 2; number++) {
            Frame frame = new Frame(TdmrLayout.PAMT_FRAMES + pamt(number));
            cpu.ask(new OnLine(LineInstruction.STORE, frame, 0, Value.HOST));
        }
    }
}
