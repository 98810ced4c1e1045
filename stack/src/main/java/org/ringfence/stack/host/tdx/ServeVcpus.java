package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.AwaitTdExit;
import org.ringfence.machine.tdx.host.MapShared;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdExit;

/**
 * One CPU of an honest host that runs a TD: it waits until a vCPU leaves, serves it, and resumes it, for ever. A TD
 * that is fatal ends it.
 *
 * <p>A page that the TD lacks is backed when it is asked for, if its attribute, private or shared, is that of the alias
 * that was touched: all are private until a MapGPA says otherwise. The access of a guest to a page that is pending,
 * with SEPT_VE_DISABLE, ends the VM, as KVM does. Source: Linux, arch/x86/kvm/vmx/tdx.c (tdx_handle_ept_violation,
 * tdx_map_gpa), arch/x86/kvm/mmu/mmu.c (kvm_mmu_faultin_pfn).
 *
 * @param vcpus of the TD; this CPU serves all of them
 * @param backing the size of private pages
 * @param removal when pages that were made shared are removed
 * @param flush whether shared translations are flushed on every vCPU where pages are unmapped
 * @param retries whether it may answer a MapGPA of several pages with RETRY after the first, as KVM does where it has
 *     other things to do
 * @param mismatch what becomes of an access to the other alias
 * @param shared pages whose attribute is shared, one bit each
 * @param toRemove pages whose removal is {@linkplain Removal#DEFERRED deferred}, one bit each
 */
public record ServeVcpus(
        Geometry geometry, int vcpus, Backing backing, Removal removal, boolean flush, boolean retries,
        Mismatch mismatch, long shared, long toRemove)
        implements
            Routine<Done> {

    /** A host that has no removal to do yet, and no translations to flush. */
    public ServeVcpus(Geometry geometry, int vcpus, Backing backing, Removal removal) {
        this(geometry, vcpus, backing, removal, false, false, Mismatch.CONVERTS);
    }

    /** A host that has no removal to do yet, and every page private. */
    public ServeVcpus(
            Geometry geometry, int vcpus, Backing backing, Removal removal, boolean flush, boolean retries,
            Mismatch mismatch) {
        this(geometry, vcpus, backing, removal, flush, retries, mismatch, 0, 0);
    }

    @Override
    public Done run(Cpu cpu) {
        if (toRemove != 0 && cpu.choose(2) == 1) {
            int page = Long.numberOfTrailingZeros(toRemove);
            cpu.call(new RemoveRange(geometry, geometry.gpa(page), 1, vcpus));
            return cpu.again(with(shared, toRemove & toRemove - 1));
        }
        TdExit all = cpu.ask(new AwaitTdExit(0, vcpus, geometry));
        boolean isPart = retries && all.pages() > 1 && cpu.choose(2) == 1;
        TdExit exit = isPart ? new TdExit(all.vcpu(), all.reason(), all.gpa(), all.level(), 1) : all;
        TdhVpEnterWithAnswer done = isPart
                ? new TdhVpEnterWithAnswer(exit.vcpu(), MapGpaAnswer.RETRY, geometry.gpa(exit.gpa(), 1))
                : new TdhVpEnterWithAnswer(exit.vcpu(), MapGpaAnswer.SUCCESS);
        return switch (exit.reason()) {
            case EXTERNAL_INTERRUPT -> resume(cpu, exit, this);
            case EPT_VIOLATION, ACCEPT_EPT_VIOLATION, ATTR_WR_EPT_VIOLATION -> {
                ServeVcpus next = isShared(exit) ? converted(cpu, exit, false) : this;
                back(cpu, exit);
                yield resume(cpu, exit, next);
            }
            case SHARED_EPT_VIOLATION -> {
                if (!isShared(exit) && mismatch != Mismatch.BACKED) {
                    yield resume(cpu, exit, converted(cpu, exit, true));
                }
                Frame frame = cpu.call(new FindFreeFrame(geometry, Level.SIZE_4K));
                cpu.ask(new MapShared(exit.gpa(), frame));
                yield resume(cpu, exit, this);
            }
            case MAP_GPA_SHARED -> answer(cpu, done, share(cpu, exit));
            case MAP_GPA_PRIVATE -> answer(cpu, done, unshare(cpu, exit));
            case MAP_GPA_EMPTY ->
                answer(cpu, new TdhVpEnterWithAnswer(exit.vcpu(), MapGpaAnswer.INVALID_OPERAND), this);
            case MAP_GPA_UNALIGNED ->
                answer(cpu, new TdhVpEnterWithAnswer(exit.vcpu(), MapGpaAnswer.ALIGN_ERROR), this);
            case PENDING_EPT_VIOLATION ->
                throw new Panic("the TD touches a page that it has not accepted: KVM ends the VM");
            case MACHINE_CHECK, EXTERNAL_INTERRUPT_WHEN_FATAL -> Done.DONE;
            case NONE -> throw new IllegalStateException("a vCPU is out for no reason");
        };
    }

    private void back(Cpu cpu, TdExit exit) {
        Level level = backing.level(exit.level());
        long gpa = level == Level.SIZE_2M ? exit.gpa() & -Geometry.LARGE : exit.gpa();
        cpu.call(new BackPrivatePage(geometry, gpa, level));
    }

    private Done resume(Cpu cpu, TdExit exit, ServeVcpus next) {
        return entered(cpu, cpu.ask(new TdhVpEnter(exit.vcpu())), next);
    }

    private Done answer(Cpu cpu, TdhVpEnterWithAnswer answer, ServeVcpus next) {
        return entered(cpu, cpu.ask(answer), next);
    }

    /** An alias was touched that the attribute of its page denies. */
    private ServeVcpus converted(Cpu cpu, TdExit exit, boolean toShared) {
        return switch (mismatch) {
            case BACKED -> this;
            case CONVERTS -> toShared ? share(cpu, exit) : unshare(cpu, exit);
            case ENDS ->
                throw new Panic("the TD touches the alias that its page has not: KVM_EXIT_MEMORY_FAULT ends the VM");
        };
    }

    private ServeVcpus share(Cpu cpu, TdExit exit) {
        cpu.call(new ShareRange(geometry, exit.gpa(), exit.pages(), vcpus, removal == Removal.BEFORE_RETURN));
        return with(
                mismatch == Mismatch.BACKED ? 0 : shared | pagesOf(exit),
                removal == Removal.DEFERRED ? toRemove | pagesOf(exit) : toRemove);
    }

    private ServeVcpus unshare(Cpu cpu, TdExit exit) {
        cpu.call(new UnshareRange(geometry, exit.gpa(), exit.pages(), flush ? vcpus : 0));
        return with(shared & ~pagesOf(exit), toRemove & ~pagesOf(exit));
    }

    private boolean isShared(TdExit exit) {
        return (shared >>> geometry.page(exit.gpa()) & 1) != 0;
    }

    private Done entered(Cpu cpu, TdhVpEnter.Result result, ServeVcpus next) {
        return switch (Entered.of(result)) {
            case INSIDE -> cpu.again(next);
            case BUSY -> cpu.again(this);
            case GONE -> Done.DONE;
        };
    }

    private long pagesOf(TdExit exit) {
        long pages = exit.pages() == Long.SIZE ? -1L : (1L << exit.pages()) - 1;
        return pages << geometry.page(exit.gpa());
    }

    private ServeVcpus with(long sharedPages, long pagesToRemove) {
        return new ServeVcpus(
                geometry, vcpus, backing, removal, flush, retries, mismatch, sharedPages, pagesToRemove);
    }
}
